"""Which TCP port is free on this machine?"""

from __future__ import annotations

import socket

from storycore.embedded.errors import PortTaken


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listened on a moment ago; the system picks it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A socket that waits out its close does not stop a server: all of ours set this option too.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def claimed(port: int, host: str = "127.0.0.1") -> socket.socket | None:
    """Hold a web port among runs that begin at the same moment; None when another run holds it.

    Web servers share a port without a word (SO_REUSEPORT), so two that find it free would both answer there.
    The claim is the UDP port of the same number, which the system gives to one process and frees at its end.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((host, port))
    except OSError:
        claim.close()
        return None
    return claim


def require_free(port: int, host: str = "127.0.0.1") -> None:
    """Refuse a port that is in use: its present owner's answers would pass for those of a new server.

    Raises PortTaken.
    """
    if not is_free(port, host):
        raise PortTaken(f"Port {port} is in use", port=port)
