"""What `up` refuses before it starts anything; the runs themselves are in tests/flows/test_up.py."""

from __future__ import annotations

import io
from argparse import ArgumentTypeError

import pytest
from django.core.management import CommandError, call_command

from storycore.embedded.supervisor import Stopped
from storycore.management.commands.up import port_number, report
from storycore.management.terminal import Steps


def test_is_for_one_machine_only() -> None:
    # The suite's settings, like those of production, say nothing of embedded servers.
    with pytest.raises(CommandError, match=r"needs config\.settings\.local"):
        call_command("up")


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "", "٣"])
def test_a_port_is_a_number_in_range(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="from 1 to 65535"):
        port_number(text)


def test_takes_ports_in_range() -> None:
    assert (port_number("1"), port_number("65535")) == (1, 65_535)


def test_says_which_child_had_to_be_killed() -> None:
    out = io.StringIO()

    report(Steps(out), Stopped("web", cleanly=True, seconds=0.5))
    report(Steps(out), Stopped("worker", cleanly=False, seconds=20))

    assert out.getvalue().splitlines() == [
        "✓ web            0.50 s  stopped",
        "✗ worker        20.00 s  had to be killed",
    ]
