"""The same jobs with RabbitMQ as the broker: killed, started anew, and without its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import faults
from tests.chaos.brokers import RabbitMQ
from tests.chaos.runner import run_rows

pytestmark = pytest.mark.skipif(
    RabbitMQ.program() is None, reason="no rabbitmq-server on this machine"
)


@pytest.mark.timeout(240)
def test_orders_are_taken_and_done_whatever_becomes_of_the_broker(tmp_path: Path) -> None:
    rows = (faults.broker_killed, faults.broker_wiped)

    assert run_rows(tmp_path, rows, broker="rabbitmq") == []
