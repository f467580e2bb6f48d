"""One client for the whole process, however many threads come first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from storycore.mongo.connection import client, collection, database, forget_connection

THREADS = 16


def test_threads_that_come_first_together_share_one_client(content: None) -> None:
    """A session of one client is no session to another: each later transaction would fail."""
    for _ in range(3):
        forget_connection()
        together = threading.Barrier(THREADS)

        def come(number: int, together: threading.Barrier = together) -> object:
            together.wait()
            ways = (client, lambda: database().client, lambda: collection("scenes").database.client)
            return ways[number % 3]()

        with ThreadPoolExecutor(THREADS) as threads:
            found = list(threads.map(come, range(THREADS)))

        assert {id(one) for one in found} == {id(client())}
