"""Does every store keep the promises of `AssetStore`?"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from assets.errors import StorageUnavailable, StoredFileMissing
from assets.storage.base import StoredFile, every_file
from tests.assets import crafting as make
from tests.assets.storage.conftest import Rig

PICTURE, SOUND = make.jpeg(), make.wav()
FILES = {
    "image/0a1b.jpg": (PICTURE, "image/jpeg"),
    "image/0a1b-320.webp": (make.webp(), "image/webp"),
    "sound/77ff.wav": (SOUND, "audio/wav"),
    "sound/77ff.ogg": (make.ogg(), "audio/ogg"),
    "video/99aa.mp4": (b"\x00\x00\x00\x18ftypisom" * 10, "video/mp4"),
    "report/summary.txt": (b"text", "text/plain"),
}


class Counted(io.BytesIO):
    """Remembers the largest piece that was asked for."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.largest = max(self.largest, len(piece))
        return piece


class Breaking(io.BytesIO):
    """Fails in the middle, as a disk does."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() or size is None or size < 0:
            raise OSError("input/output error")
        return super().read(len(PICTURE) // 2)


def saved(rig: Rig, key: str, *, private: bool = False) -> StoredFile:
    content, content_type = FILES[key]
    return rig.store.save(key, io.BytesIO(content), content_type, private=private)


def keys(rig: Rig, prefix: str = "") -> list[str]:
    return sorted(found.file.key for found in every_file(rig.store, prefix))


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("key", FILES)
def test_what_is_saved_is_read_back(rig: Rig, key: str, private: bool) -> None:
    stored = saved(rig, key, private=private)

    assert (stored.key, stored.backend) == (key, rig.store.name)
    assert rig.store.exists(stored) is True
    assert rig.store.size(stored) == len(FILES[key][0])
    with rig.store.open(stored) as file:
        assert file.read() == FILES[key][0]


def test_a_document_remembers_all_that_is_needed(rig: Rig) -> None:
    stored = saved(rig, "sound/77ff.wav", private=True)

    remembered = StoredFile.from_record(stored.as_record())

    assert remembered == stored
    rig.store.delete(remembered)
    assert keys(rig) == []


def test_the_file_is_read_from_its_start_and_left_open(rig: Rig) -> None:
    file = io.BytesIO(PICTURE)
    file.read(10)

    stored = rig.store.save("image/0a1b.jpg", file, "image/jpeg")

    assert file.closed is False
    assert rig.store.size(stored) == len(PICTURE)


def test_the_same_key_again_replaces(rig: Rig) -> None:
    saved(rig, "image/0a1b.jpg")

    stored = rig.store.save("image/0a1b.jpg", io.BytesIO(make.jpeg((9, 9))), "image/jpeg")

    with rig.store.open(stored) as file:
        assert file.read() == make.jpeg((9, 9))
    assert keys(rig) == ["image/0a1b.jpg"]


def test_a_large_file_goes_in_pieces(rig: Rig) -> None:
    content = bytes(range(256)) * 80_000
    file = Counted(content)

    stored = rig.store.save("sound/large.wav", file, "audio/wav")

    assert file.largest <= 8 << 20
    assert rig.store.size(stored) == len(content) == 20_480_000
    with rig.store.open(stored) as back:
        assert back.read() == content


def test_deleting_twice_is_deleting_once(rig: Rig) -> None:
    stored, other = saved(rig, "image/0a1b.jpg"), saved(rig, "image/0a1b-320.webp")

    rig.store.delete(stored)
    rig.store.delete(stored)

    assert rig.store.exists(stored) is False
    assert rig.store.exists(other) is True


def test_what_is_not_there_is_missing(rig: Rig) -> None:
    stored = saved(rig, "image/0a1b.jpg")
    rig.store.delete(stored)

    with pytest.raises(StoredFileMissing):
        rig.store.open(stored)
    with pytest.raises(StoredFileMissing):
        rig.store.size(stored)


def test_listing_is_complete_whatever_the_size_of_a_page(rig: Rig) -> None:
    expected = sorted(saved(rig, key, private=key.startswith("sound")).key for key in FILES)

    seen, cursor = [], None
    while True:
        page = rig.store.list(cursor=cursor, limit=2)
        assert len(page.files) <= 2
        seen += [found.file.key for found in page.files]
        cursor = page.cursor
        if cursor is None:
            break

    assert sorted(seen) == keys(rig) == expected


def test_listing_by_prefix(rig: Rig) -> None:
    for key in FILES:
        saved(rig, key)

    assert keys(rig, "sound/") == ["sound/77ff.ogg", "sound/77ff.wav"]
    assert keys(rig, "image/0a1b-") == ["image/0a1b-320.webp"]
    assert keys(rig, "nothing/") == []


def test_a_listed_file_can_be_read_and_deleted(rig: Rig) -> None:
    saved(rig, "image/0a1b.jpg", private=True)

    (found,) = every_file(rig.store)

    assert found.size == len(PICTURE)
    assert abs(found.modified_at - datetime.now(UTC)) < timedelta(minutes=1)
    with rig.store.open(found.file) as file:
        assert file.read() == PICTURE
    rig.store.delete(found.file)
    assert keys(rig) == []


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("filename", [None, 'Käse "1".jpg'])
@pytest.mark.parametrize("key", ["image/0a1b.jpg", "sound/77ff.wav", "report/summary.txt"])
def test_its_address_leads_to_the_bytes(
    rig: Rig, key: str, private: bool, filename: str | None
) -> None:
    stored = saved(rig, key, private=private)

    address = rig.store.url(stored, private=private, filename=filename)

    assert rig.fetch(address) == (200, FILES[key][0])


def test_a_deleted_file_is_no_longer_served(rig: Rig) -> None:
    stored = saved(rig, "image/0a1b.jpg")
    address = rig.store.url(stored)

    rig.store.delete(stored)

    assert rig.fetch(address)[0] == 404


def test_a_file_can_be_closed_to_the_public_and_opened_again(rig: Rig) -> None:
    public = saved(rig, "image/0a1b.jpg")

    private = rig.store.set_private(public, private=True)
    assert rig.fetch(rig.store.url(private, private=True)) == (200, PICTURE)

    again = rig.store.set_private(private, private=False)
    assert rig.fetch(rig.store.url(again)) == (200, PICTURE)
    assert rig.store.set_private(again, private=False) == again
    assert keys(rig) == ["image/0a1b.jpg"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../up.png",
        "image/../x.png",
        "a//b",
        "Image/A.PNG",
        "a b",
        "a?b",
        "a" * 201,
    ],
)
def test_only_keys_made_by_us_are_taken(rig: Rig, key: str) -> None:
    with pytest.raises(ValueError, match="storage key"):
        rig.store.save(key, io.BytesIO(b"x"), "image/png")

    assert keys(rig) == []


def test_a_store_that_is_down_says_so_and_keeps_nothing(rig: Rig) -> None:
    rig.break_down()

    with pytest.raises(StorageUnavailable) as refusal:
        saved(rig, "image/0a1b.jpg")

    assert refusal.value.code == "STORAGE_UNAVAILABLE"
    assert refusal.value.message == "The file storage cannot be used now."


def test_a_write_that_breaks_in_the_middle_leaves_nothing(rig: Rig) -> None:
    with pytest.raises(StorageUnavailable):
        rig.store.save("image/0a1b.jpg", Breaking(PICTURE), "image/jpeg")

    assert keys(rig) == []
    assert rig.store.discard_unfinished(datetime.now(UTC) + timedelta(days=1)) == 0


def test_nothing_unfinished_is_nothing_to_discard(rig: Rig) -> None:
    saved(rig, "image/0a1b.jpg")

    assert rig.store.discard_unfinished(datetime.now(UTC) + timedelta(days=1)) == 0
    assert keys(rig) == ["image/0a1b.jpg"]
