"""May this address be fetched? Only public ones, checked once and then connected to as checked (SSRF)."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from storycore.errors import StoryCoreError

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(StoryCoreError):
    """An address in an answer leads to a place that this server does not fetch from."""

    code = "ADDRESS_REFUSED"


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """A host with the one address of it that is connected to."""

    host: str
    ip: str
    port: int


def checked_address(url: str, *, local_hosts: frozenset[str]) -> CheckedAddress:
    """The host of an https address, all of whose addresses are public; `local_hosts` are let through as named.

    Raises AddressRefused; nothing is connected to.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    is_local = host in local_hosts or f"{host}:{parts.port}" in local_hosts
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise AddressRefused("Only https addresses are fetched.")
    if parts.username or parts.password:
        raise AddressRefused("An address with a password is not fetched.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolved(host, port)
    if not is_local and not all(is_public(one) for one in found):
        raise AddressRefused(f"{host} leads into a private network.")
    return CheckedAddress(host, found[0], port)


def is_public(ip: str) -> bool:
    """Whether an address belongs to the open internet; IPv4 inside IPv6 counts as the IPv4 that it is."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address) or address
    # is_global is false for private, loopback, link-local, shared (CGNAT), reserved and documentation ranges.
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: mapped, 6to4, Teredo, NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def _resolved(host: str, port: int) -> list[str]:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"{host or 'An empty host'} cannot be found.") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))
