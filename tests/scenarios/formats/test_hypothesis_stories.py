"""Whatever a story says, every Twine format carries it; whatever bytes come, none does harm."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.formats import READABLE, read_story, write_story
from scenarios.formats.base import Extra, ImportedStory, Link, Passage, Position, Source
from scenarios.formats.dialects import DIALECTS
from scenarios.formats.meaning import Context
from scenarios.formats.scenes import read_scene, scene_markup
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable
from storycore.errors import InvalidInput
from tests.scenarios.formats.telling import TWINE, told

FORMATS_OF_TWINE = ("Harlowe", "SugarCube", "Snowman", "Chapbook")
SNIPPETS = st.sampled_from(
    [
        "[[",
        "]]",
        "->",
        "<-",
        "|",
        "[[B]]",
        "[[x->A]]",
        "<<",
        ">>",
        "<<if $x>>",
        "<</if>>",
        "<<else>>",
        "<<set $x to 1>>",
        '<<link "y" "B">>',
        "<</link>>",
        "(if: $x is 1)[",
        "]",
        "(set: $x to 2)",
        "(else:)[",
        '(link: "z")[(goto: "A")]',
        "<% if (s.x) { %>",
        "<% } %>",
        "<% s.x = 1 %>",
        "`",
        "[if x]\n",
        "[else]\n",
        "[continue]\n",
        "x: 1\n--\n",
        "{embed passage: 'Z'}",
        "<!--",
        "-->",
        "<!-- storycore {",
        '"',
        "'",
        "\\",
        "\n",
        "\n\n",
        "::",
        "\n:: x",
        "$x",
        "$",
        "{",
        "}",
        "(",
        ")",
        "- ",
        "* ",
        "&amp;",
        "<b>",
        "</tw-passagedata>",
        "é🐉",
        " ",
        "\t",
        "Once",
        "</script>",
    ]
)
MARKUP = st.lists(SNIPPETS, max_size=14).map("".join)
WORDS = st.text("abc XYZ äß[]{}<>|\\\"'&-:()$%#`*\n", max_size=30)
NAMES = st.sampled_from(
    ["A", "B", "C [x]", "D}{", "E -> F", "G|H", " I ", "J&\"<'", "K\\", "Ünï 🐉", "::"]
)
CONDITIONS = st.none() | st.sampled_from(
    [
        "x == 1",
        "not x > 2 and y",
        'visited("A")',
        'visits("A") >= 2',
        '"key" in bag',
        "once",
        "y or x < -1",
        'x % 2 == 0 and (y or not "a" in bag)',
        'name == "it\'s \\"q\\""',
        "not (once and y)",
        "x >",
        "%%",
        'bag == ["a", 2]',
        "x * (2 + x) - 3 / 1 > 0.5",
    ]
)
EFFECTS = st.lists(
    st.sampled_from(
        [
            Effect("x", "set", "5"),
            Effect("x", "add", "-2"),
            Effect("x", "add", "x * 2"),
            Effect("y", "toggle"),
            Effect("bag", "append", '"key"'),
            Effect("bag", "remove", '"key"'),
            Effect("bag", "set", "[]"),
            Effect("name", "set", '"a\\nb"'),
            Effect("x", "set", "x + y"),
            Effect("x", "set", "(("),
            Effect("x", "add", "-(x + 1)"),
            Effect("y", "set", 'visited("A")'),
            Effect("x", "add", "0.5"),
        ]
    ),
    max_size=3,
).map(tuple)
TAGS = st.lists(st.sampled_from(["a", "b-c", "d]", "{e", "ü"]), max_size=3, unique=True).map(tuple)
PAIRS = st.none() | st.builds(
    Position, st.sampled_from([0.0, -20.0, 1e9, 12.5]), st.sampled_from([0.1, 300.0])
)
METADATA = st.dictionaries(
    st.sampled_from(["note", "x y", "pid", "name", "Q<", "colorID"]),
    st.sampled_from(["", "text", 'quo"te', 5, True, None, [1, {"a": "b"}]]),
    max_size=3,
)
VARIABLES = st.sampled_from(
    [
        (),
        (
            Variable("x", "integer", 3, 0, 20, description="a -- b"),
            Variable("y", "boolean", default=True),
        ),
        (Variable("name", "enum", "a", values=("a", "b<c>")), Variable("bag", "list", ("m", 2))),
        (Variable("x", "number", -0.5), Variable("name", "string", "-->")),
    ]
)


@st.composite
def stories(draw: st.DrawFn) -> ImportedStory:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    links = st.lists(
        st.builds(Link, WORDS.filter(str.strip), st.sampled_from(names), CONDITIONS, EFFECTS),
        max_size=3,
    ).map(tuple)
    passages = tuple(
        Passage(
            name=name,
            text=draw(WORDS | MARKUP),
            links=draw(links),
            on_enter=draw(EFFECTS),
            visible_if=draw(CONDITIONS),
            is_end=draw(st.booleans()),
            tags=draw(TAGS),
            position=draw(PAIRS),
            size=draw(PAIRS),
            metadata=draw(METADATA),
        )
        for name in names
    )
    return ImportedStory(
        title=draw(st.sampled_from(["T", 'A "story" & <more>', "Ünï"])),
        passages=passages,
        start=draw(st.sampled_from(names)),
        ifid="D674C58C-DEFA-4F70-B7A2-27742230C0FC",
        story_format=draw(st.sampled_from(FORMATS_OF_TWINE)),
        story_format_version="1.0.0",
        description=draw(st.sampled_from(["", "Two\nlines <b>"])),
        language=draw(st.sampled_from(["", "de"])),
        variables=draw(VARIABLES),
        extras=draw(st.sampled_from([(), (Extra("code", "a < b;", ("script",), 0),)])),
        metadata=draw(METADATA.map(lambda found: {"zoom": 1, **found, "name": "no"})),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories(), format_name=st.sampled_from(TWINE))
def test_any_story_comes_back(story: ImportedStory, format_name: str) -> None:
    again = read_story(write_story(story, format_name).content, format_name)

    assert told(again) == told(story)
    assert [each.metadata for each in again.passages] == [each.metadata for each in story.passages]
    assert set(story.variables) <= set(again.variables)
    head = (again.title, again.start, again.ifid, again.description, again.language)
    assert head == (story.title, story.start, story.ifid, story.description, story.language)
    assert read_story(write_story(again, format_name).content, format_name) == again


@settings(max_examples=60, deadline=None)
@given(story=stories())
def test_any_story_fits_in_a_bundle(story: ImportedStory) -> None:
    assert read_story(write_story(story, "bundle").content) == story


@settings(max_examples=300, deadline=None)
@given(text=MARKUP, dialect=st.sampled_from(sorted(DIALECTS)))
def test_any_markup_is_cut_without_losing_a_letter(text: str, dialect: str) -> None:
    context = Context(dialect, frozenset({"A", "B"}))

    nodes = DIALECTS[dialect].nodes(text, context)

    assert "".join(node.raw for node in nodes) == text


@settings(max_examples=300, deadline=None)
@given(text=MARKUP, dialect=st.sampled_from(sorted(DIALECTS)))
def test_any_markup_says_the_same_when_written_anew(text: str, dialect: str) -> None:
    context = Context(dialect, frozenset({"A", "B"}))
    first = read_scene(text, context)
    scene = Passage("A", first.text, first.links, first.on_enter, first.visible_if, first.is_end)

    assert read_scene(scene_markup(scene, context), context) == first
    own = Passage("A", *_fields(scene), source=Source(dialect, text))
    assert scene_markup(own, context) == text
    for piece in first.kept:
        assert piece.strip() in first.text


def _fields(scene: Passage) -> tuple[object, ...]:
    return scene.text, scene.links, scene.on_enter, scene.visible_if, scene.is_end


LINES = st.sampled_from(
    [
        "=== a ===",
        "= b",
        "* [x] y",
        "** z -> a",
        "+ (l) w",
        "- g",
        "- (h) -> b",
        "-> a",
        "-> END",
        "{a: -> b}",
        "{",
        "}",
        "~ x = 1",
        "VAR x = 2",
        "title: A",
        "title: B",
        "---",
        "===",
        "-> opt",
        "    -> in <<if $x>>",
        "<<if $x == 1>>",
        "<<else>>",
        "<<endif>>",
        "<<jump A>>",
        "    <<jump B>>",
        "<<set $x to 2>>",
        "text",
        ":: A",
        ":: B [t] {",
        "[[B]]",
        ':: StoryData\n{"format":"Harlowe"}',
        "{x:1|2}",
        "/*",
        "*/",
        "\\",
        "#t",
        "<tw-storydata>",
        "</tw-storydata>",
        "<tw-passagedata name='A'>",
        "</tw-passagedata>",
        '{"passages":[',
    ]
)


@settings(max_examples=250, deadline=None)
@given(lines=st.lists(LINES, max_size=25), format_name=st.sampled_from(READABLE))
def test_any_lines_are_read_or_refused_by_name(lines: list[str], format_name: str) -> None:
    with suppress(InvalidInput):
        story = read_story("\n".join(lines).encode(), format_name, "a.txt")
        targets = {link.target for each in story.passages for link in each.links}
        assert targets <= {each.name for each in story.passages}
        assert story.start in {each.name for each in story.passages}
        assert told(read_story(write_story(story, "twee").content)) == told(story)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), format_name=st.sampled_from([*READABLE, "auto"]))
def test_any_bytes_are_refused_by_name(data: bytes, format_name: str) -> None:
    with suppress(InvalidInput):
        read_story(data, format_name)
