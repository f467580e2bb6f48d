"""Does the place for files answer?"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from assets.queries.addresses import store_of
from assets.storage.base import StoredFile
from storycore.errors import StoryCoreError
from storycore.health.checks import NotWell
from storycore.health.parts import Part

# A name that no file has: the question is whether there is an answer.
_NOBODY = "image/health.png"


def storage_parts() -> Iterable[Part]:
    """The store that new files go to."""
    yield Part("storage", _storage_answers)


def _storage_answers() -> str:
    store = store_of(settings.STORAGE_TYPE)
    try:
        store.exists(StoredFile(_NOBODY, store.name))
    except StoryCoreError as problem:
        raise NotWell("The place for files does not answer.") from problem
    return f"{settings.STORAGE_TYPE} answers."
