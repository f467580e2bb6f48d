"""A web port belongs to one run, also when two look for one at the same moment."""

from __future__ import annotations

from storycore.embedded.ports import claimed, free_port


def test_of_two_runs_that_begin_at_once_one_gets_the_port() -> None:
    port = free_port()

    first = claimed(port)
    second = claimed(port)

    assert first is not None
    assert second is None
    first.close()
    again = claimed(port)
    assert again is not None
    again.close()
