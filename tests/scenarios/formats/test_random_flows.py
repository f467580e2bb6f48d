"""ink and Yarn put together by chance: refused, or a whole story that every format gives back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.formats import read_story, write_story
from scenarios.formats.base import ImportedStory
from scenarios.formats.errors import BrokenStoryFile
from tests.scenarios.formats.telling import told

INK = [
    "=== k1", "=== k2 ===", "= s1", "* [c] t", "* c -> k1", "+ {x > 1} [a] b", "** deep", "*** deeper -> END",
    "- gather", "- (l1) label", "-- second", "-> k2", "-> l1", "-> END", "{x == 1: -> k1}",
    "{x: -> k2 | -> END}",
    "{\n- x == 1: -> k1\n- else: word\n}", "{x:\n* [opt] -> k1\n- else: -> END\n}", "{\n- else: a\n- x: b\n}",
    "Word. # tag", "~ x = 1", "# tag", "// note", "* -> k1", "* ->", "-> t ->", "<- th", "* {l1} [seen]",
    "=== function f(a)", "~ return 1", "- - - deep gather", "{a|b}",
]  # fmt: skip
YARN = [
    "-> opt", "-> opt <<if $x > 1>>", "-> opt #line:1", "    -> nested", "        deeper", "    <<jump B>>",
    "<<jump B>>", "<<if $x == 1>>", "<<elseif $y>>", "<<else>>", "<<endif>>", "Word.", "Word #tag",
    "<<set $x to 1>>", "=> group", "    below", "<<once>>", "<<endonce>>", "<<stop>>", "[[A|B]]", "[[B]]",
    "// note", "<<enum E>>", "<<endenum>>", "<<if $x>>[[A|B]]<<endif>>", "<<if $x>> a <<else>> b",
    "Word <<if $x>>", "-> once <<once if $x>> #a #b",
]  # fmt: skip


def is_whole(story: ImportedStory) -> None:
    names = [each.name for each in story.passages]
    assert len(set(names)) == len(names)
    assert {story.start, *(link.target for each in story.passages for link in each.links)} <= {
        *names
    }
    for name in ("twee", "twine-html", "bundle"):
        assert told(read_story(write_story(story, name).content)) == told(story)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(INK), min_size=1, max_size=20))
def test_ink_by_chance(lines: list[str]) -> None:
    text = "VAR x = 0\nBegin.\n" + "\n".join(lines)
    try:
        story = read_story(text.encode(), "ink")
    except BrokenStoryFile:
        return

    is_whole(story)
    if "=== function f(a)" not in lines:
        told_in = " ".join(each.text for each in story.passages)
        assert all(word in told_in for word in ("Word.", "label") if word in text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(YARN), min_size=1, max_size=20))
def test_yarn_by_chance(lines: list[str]) -> None:
    text = "title: A\n---\n" + "\n".join(lines) + "\n===\ntitle: B\n---\nBye.\n===\n"
    try:
        story = read_story(text.encode(), "yarn")
    except BrokenStoryFile:
        return

    is_whole(story)
    told_in = " ".join(f"{each.text} {each.links}" for each in story.passages)
    assert all(word in told_in for word in ("Word.", "opt", "nested", "deeper") if word in text)
