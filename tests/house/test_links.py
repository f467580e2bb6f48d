"""Does every relative link of the documents lead somewhere?"""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, shown, text_files

LINK = re.compile(
    r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)\""
)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """The anchor that code hosts give a heading."""
    plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return plain.strip().replace(" ", "-")


def anchors(document: Path) -> set[str]:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    return {slug(heading) for heading in re.findall(r"^#+\s+(.+)$", text, re.MULTILINE)}


def broken_links(document: Path) -> list[str]:
    """Relative links of a Markdown file without a target, and anchors without a heading."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text(encoding="utf-8")))
    broken = []
    for link in (first or second for first, second in LINK.findall(text)):
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target)
        ):
            broken.append(link)
    return broken


def test_every_relative_link_resolves() -> None:
    documents = [path for path in text_files() if path.suffix == ".md"]

    assert ROOT / "docs" / "architecture.md" in documents
    assert {shown(path): broken for path in documents if (broken := broken_links(path))} == {}


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {
        path.relative_to(ROOT / "docs").as_posix()
        for path in text_files()
        if path.parent == ROOT / "docs"
    }

    assert sorted(page for page in pages - {"README.md"} if f"]({page})" not in index) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# The tree, as built\n")
    document = tmp_path / "here.md"
    document.write_text(
        "# Here\n[a](there.md) [b](there.md#the-tree-as-built) [c](#here) [d](https://example.org/x)\n"
        "```\n[not](a-link.md)\n```\n`[nor](this.md)`\n"
        '[e](gone.md) [f](there.md#gone) ![g](gone.png) <img src="gone.jpg">\n'
    )

    assert broken_links(document) == ["gone.md", "there.md#gone", "gone.png", "gone.jpg"]
