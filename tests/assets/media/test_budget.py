"""Are large pictures unpacked one after another?"""

from __future__ import annotations

import threading

import pytest

from assets.media.budget import PixelBudget


def started(
    budget: PixelBudget, pixels: int, entered: threading.Event, leave: threading.Event
) -> threading.Thread:
    def decode() -> None:
        with budget.reserve(pixels):
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=decode)
    thread.start()
    return thread


def test_what_fits_runs_at_once_and_the_rest_waits() -> None:
    budget, leave = PixelBudget(100), threading.Event()
    entered = [threading.Event() for _ in range(3)]

    threads = [started(budget, 50, entered[0], leave), started(budget, 50, entered[1], leave)]
    assert entered[0].wait(5)
    assert entered[1].wait(5)
    threads.append(started(budget, 1, entered[2], leave))

    assert not entered[2].wait(0.1)
    leave.set()
    assert entered[2].wait(5)
    for thread in threads:
        thread.join(5)


def test_a_picture_larger_than_the_budget_runs_alone() -> None:
    budget = PixelBudget(100)

    with budget.reserve(1000):
        entered, leave = threading.Event(), threading.Event()
        thread = started(budget, 1, entered, leave)
        assert not entered.wait(0.1)

    assert entered.wait(5)
    leave.set()
    thread.join(5)


def test_room_is_given_back_after_a_failure() -> None:
    budget, entered, leave = PixelBudget(10), threading.Event(), threading.Event()

    with pytest.raises(ValueError, match="damaged"), budget.reserve(10):
        raise ValueError("damaged")

    thread = started(budget, 10, entered, leave)
    assert entered.wait(5)
    leave.set()
    thread.join(5)
