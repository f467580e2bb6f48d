"""Which query does a body ask that came before? The same: it is read, checked and measured once.

A page that many open sends the same bytes for each of them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from django.conf import settings
from graphql import OperationType

from storycore.graphql.body import Parameters
from storycore.graphql.operations import Operation

_MOST_KNOWN = 512
_MOST_BYTES = 4_096


class KnownBodies:
    """The queries of one web process by the bodies that asked them; the least used go first.

    Only what is the same for everybody and for good: no mutation, whose arguments belong to one run, no
    introspection, which not everybody may do, no hash of a document, which is forgotten after a time.
    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Operation] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, body: bytes) -> Operation | None:
        """The query that such a body asked before."""
        with self._lock:
            found = self._known.get(body)
            if found is None:
                return None
            self._known.move_to_end(body)
        return None if found.cost > settings.GRAPHQL_MAX_COST else found

    def keep(self, body: bytes, operation: Operation, parameters: Parameters) -> None:
        """Remember what a body asks, once it is known to be allowed."""
        if (
            operation.node.operation is not OperationType.QUERY
            or operation.is_introspection
            or parameters.extensions
            or settings.GRAPHQL_ALLOWED_OPERATIONS
            or len(body) > _MOST_BYTES
        ):
            return
        with self._lock:
            self._known[body] = operation
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
