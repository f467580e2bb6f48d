"""What can go wrong when this machine runs its own servers?"""

from __future__ import annotations

from storycore.errors import Conflict, Unavailable


class MongodMissing(Unavailable):
    """No usable MongoDB on this machine; the message names the commands that install one."""


class ServerFailed(Unavailable):
    """A child process did not start or died; the message names it and holds its last lines."""


class AlreadyRunning(Conflict):
    """Another run holds this data folder; the message says which and where it answers."""


class PortTaken(Conflict):
    """Something else listens on the asked port; the message says which setting chooses another."""
