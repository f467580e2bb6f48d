"""Is a colour profile whole enough to be kept in a stored picture?"""

from __future__ import annotations

HEADER_BYTES = 128
MAX_BYTES = 4_000_000


def is_sound_profile(profile: bytes) -> bool:
    """True when the header (ICC.1:2022, 7.2) states the very length and carries its signature."""
    return (
        HEADER_BYTES <= len(profile) <= MAX_BYTES
        and int.from_bytes(profile[:4], "big") == len(profile)
        and profile[36:40] == b"acsp"
    )
