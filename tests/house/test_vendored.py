"""Is every file from elsewhere listed, with its licence, and still the file that was taken over?"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from tests.house.tree import ROOT, repository_files, shown, vendor_lists, vendored_files

# What a build made and nobody here wrote.
BUILT = re.compile(r"(\.min\.(js|css)|\.bundle\.js|\.production\.js|\.umd\.js|\.wasm|\.woff2?)$")


def integrity(path: Path) -> str:
    """The hash of a file as browsers write it in `integrity`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def faults(listing: Path) -> list[str]:
    """Listed files that are missing, changed, or without the facts that a later reader needs."""
    found = []
    for entry in json.loads(listing.read_text(encoding="utf-8"))["files"]:
        path = listing.parent / entry["file"]
        missing = {"name", "version", "license", "integrity"} - {
            key for key, value in entry.items() if value
        }
        if missing:
            found.append(f"{entry['file']} lacks {', '.join(sorted(missing))}")
        elif not path.is_file():
            found.append(f"{entry['file']} is missing")
        elif integrity(path) != entry["integrity"]:
            found.append(f"{entry['file']} was changed")
    return found


def test_vendored_files_are_the_listed_ones() -> None:
    assert vendor_lists(), "GraphiQL is served from our own files"
    assert {shown(listing): found for listing in vendor_lists() if (found := faults(listing))} == {}


def test_every_built_file_is_listed() -> None:
    built = {path for path in repository_files() if BUILT.search(path.name)}

    assert sorted(shown(path) for path in built - vendored_files()) == []


def test_no_listed_file_is_ignored_by_git() -> None:
    assert (
        sorted(
            path.relative_to(ROOT).as_posix() for path in vendored_files() - set(repository_files())
        )
        == []
    )


def test_a_changed_a_missing_and_an_undeclared_file_are_seen(tmp_path: Path) -> None:
    for name in ("same.min.js", "changed.min.js", "undeclared.min.js"):
        (tmp_path / name).write_text("original")
    facts = {
        "name": "x",
        "version": "1",
        "license": "MIT",
        "integrity": integrity(tmp_path / "same.min.js"),
    }
    (tmp_path / "changed.min.js").write_text("original, and more")
    files = [facts | {"file": name} for name in ("same.min.js", "changed.min.js", "gone.min.js")]
    files.append({"file": "undeclared.min.js", "name": "x", "version": "1", "license": ""})
    (tmp_path / "vendored.json").write_text(json.dumps({"files": files}))

    assert faults(tmp_path / "vendored.json") == [
        "changed.min.js was changed",
        "gone.min.js is missing",
        "undeclared.min.js lacks integrity, license",
    ]
