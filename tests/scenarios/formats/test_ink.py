"""ink as scenes: weave, diverts, conditions, variables, and what stays as written."""

from __future__ import annotations

import pytest

from scenarios.formats import read_story
from scenarios.formats.base import ImportedStory
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge
from scenarios.logic.story import Effect
from tests.scenarios.formats.telling import passage


def read(text: str, filename: str | None = None) -> ImportedStory:
    return read_story(text.encode(), "ink", filename)


def links(story: ImportedStory, name: str) -> list[tuple[str, str, str | None]]:
    return [(link.text, link.target, link.condition) for link in passage(story, name).links]


def test_knots_stitches_and_diverts() -> None:
    story = read(
        "-> a\n=== a ===\nOne.\n-> b.second\n== b\n= first\nTwo. -> second\n= second\n-> DONE\n"
    )

    assert [each.name for each in story.passages] == ["a", "b.first", "b.second"]
    assert story.start == "a"
    assert links(story, "a") == [("Continue", "b.second", None)]
    assert links(story, "b.first") == [("Continue", "b.second", None)]
    assert passage(story, "b.second").is_end


def test_a_knot_without_text_is_its_first_stitch() -> None:
    story = read("* [go] -> k\n=== k\n= one\nx\n* {k} [y] -> one\n")

    assert links(story, "Start") == [("go", "k.one", "once")]
    assert links(story, "k.one") == [("y", "k.one", 'once and visited("k.one")')]


def test_the_beginning_takes_a_name_that_is_free() -> None:
    story = read("Text.\n-> Start\n=== Start\nx\n=== Start_2\ny\n")

    assert [each.name for each in story.passages] == ["Start_3", "Start", "Start_2"]
    assert story.start == "Start_3"


def test_without_a_beginning_the_first_knot_starts() -> None:
    assert read("=== a\nx\n=== b\ny\n").start == "a"


def test_choices_say_what_they_say() -> None:
    story = read(
        "* one\n* two[!], he said.\n* [three] Three.\n+ four -> END\n+ [five]\n  ~ x = 1\n- Then.\nVAR x = 0\n"
    )

    assert links(story, "Start") == [
        ("one", "Start.g-1", "once"),
        ("two!", "Start.c-1", "once"),
        ("three", "Start.c-2", "once"),
        ("four", "Start.end-1", None),
        ("five", "Start.g-1", None),
    ]
    assert passage(story, "Start").links[4].effects == (Effect("x", "set", "1"),)
    assert passage(story, "Start.c-1").text == "two, he said."
    assert passage(story, "Start.c-2").text == "Three."
    assert (passage(story, "Start.end-1").text, passage(story, "Start.end-1").is_end) == (
        "four",
        True,
    )
    assert passage(story, "Start.g-1").text == "Then."


def test_deeper_choices_gather_where_they_belong() -> None:
    story = read("* a\n* * b\n* * * c\n- - d\n* e\n- f\n")

    assert links(story, "Start") == [("a", "Start.c-1", "once"), ("e", "Start.g-1", "once")]
    assert links(story, "Start.c-1") == [("b", "Start.c-2", "once")]
    assert links(story, "Start.c-2") == [("c", "Start.g-2", "once")]
    assert links(story, "Start.g-2") == [("Continue", "Start.g-1", None)]
    assert passage(story, "Start.g-1").is_end


def test_labels_can_be_gone_to_and_asked_for() -> None:
    story = read(
        "=== k\n- (top) Top.\n* (took) [take] -> top\n+ {took and top > 2} [leave] -> k.took\n- -> top\n"
    )

    assert [each.name for each in story.passages] == ["k", "k.top", "k.took"]
    assert links(story, "k") == [("Continue", "k.top", None)]
    assert links(story, "k.top")[0] == ("take", "k.took", "once")
    assert links(story, "k.top")[1] == (
        "leave",
        "k.took",
        'visited("k.took") and visits("k.top") > 2',
    )


def test_conditional_diverts() -> None:
    story = read(
        "VAR x = 1\n=== a\n{x > 1: -> b | -> c}\n=== b\n{x == 1: -> a}\nElse.\n=== c\n"
        "{\n- x < 0: -> a\n- x == 0:\n -> b\n- else: -> END\n}\n=== d\n{x:\n-> a\n- else:\n-> b\n}\n"
    )

    assert links(story, "a") == [("Continue", "b", "x > 1"), ("Continue", "c", "not x > 1")]
    assert links(story, "b") == [("Continue", "a", "x == 1"), ("Continue", "b.g-1", "not x == 1")]
    assert passage(story, "b.g-1").text == "Else."
    assert links(story, "c") == [
        ("Continue", "a", "x < 0"),
        ("Continue", "b", "not x < 0 and x == 0"),
        ("Continue", "c.end-1", "not x < 0 and not x == 0"),
    ]
    assert links(story, "d") == [("Continue", "a", "x"), ("Continue", "b", "not x")]


def test_an_end_under_a_condition() -> None:
    story = read("VAR x = 1\n=== a\n{x > 1: -> END}\n* [on] -> a\n")

    assert links(story, "a") == [
        ("Continue", "a.end-1", "x > 1"),
        ("on", "a", "not x > 1 and once"),
    ]
    assert passage(story, "a.end-1").is_end


def test_variables_are_declared_with_their_first_value() -> None:
    story = read(
        'VAR a = 1\nVAR b = -2.5\nCONST c = "x"\nVAR d = true\nVAR e = -> k\nVAR once = 1\nVAR f = 1 + 2\n'
        "LIST l = p\n=== k\n~ a++\n~ b -= 2\n~ q = 1\n{a}\n"
    )

    assert [(v.name, v.type, v.default) for v in story.variables] == [
        ("a", "integer", 1),
        ("b", "number", -2.5),
        ("c", "string", "x"),
        ("d", "boolean", True),
    ]
    assert passage(story, "k").on_enter == (Effect("a", "add", "1"), Effect("b", "add", "-2"))
    assert passage(story, "k").text == "~ q = 1\n{a}"
    assert story.extras[0].text == "VAR e = -> k\nVAR once = 1\nVAR f = 1 + 2\nLIST l = p"


def test_what_is_not_understood_stays_and_still_leads_on() -> None:
    lines = [
        "{x: rich|poor}",
        "{shuffle:\n  - one\n  - -> b\n}",
        "-> b ->",
        "<- b",
        "-> nowhere",
        "text <>",
        "a # tag",
    ]
    story = read(
        "VAR x = 1\n=== a\n" + "\n".join(lines) + "\n* {RANDOM(1, 6) > 3} [try] -> b\n=== b\n->->\n"
    )

    assert passage(story, "a").text == "\n".join([*lines, "{RANDOM(1, 6) > 3} try"])
    assert links(story, "a") == [("try", "b", "once")]
    assert [kept.text for kept in story.kept if kept.passage == "a"] == [
        *lines,
        "{RANDOM(1, 6) > 3} try",
    ]


def test_comments_titles_and_functions() -> None:
    story = read(
        "# title: The Tale\n# author: Me\nHello // there\n/* not\nthis */World\nTODO: nor this\n"
        "=== function f(x) ===\n~ return x\n"
    )

    assert (story.title, story.metadata) == ("The Tale", {"author": "Me"})
    assert passage(story, "Start").text == "Hello\nWorld"
    assert [(each.name, each.text) for each in story.extras] == [
        ("function f", "=== function f(x) ===\n~ return x")
    ]


def test_more_conditions_than_one_can_hold_are_named() -> None:
    tests = "".join(f"{{x != {n}}}" for n in range(90))

    story = read(f"VAR x = 1\n=== a\n+ {tests} [go] -> a\n")

    assert links(story, "a") == [("go", "a", "x != 0")]
    assert passage(story, "a").text.startswith("{x != 1} {x != 2}")
    assert [kept.text for kept in story.kept] == [passage(story, "a").text]


def test_a_condition_too_long_to_be_joined_stands_alone() -> None:
    long = " or ".join(f"x == {n}" for n in range(84))

    story = read(f"VAR x = 1\n=== a\n{{x > 1: -> a}}\n+ {{{long}}} [go] -> a\n")

    assert links(story, "a")[1] == ("go", "a", long)


def test_many_jumps_go_on_in_scenes_of_their_own() -> None:
    jumps = "".join(f"{{x == {n}: -> b}}\n" for n in range(25))

    story = read(f"VAR x = 1\n=== a\n{jumps}-> END\n=== b\nb\n")

    scenes = [each for each in story.passages if each.name.startswith("a")]
    assert [(each.name, len(each.links)) for each in scenes] == [
        ("a", 11),
        ("a.g-1", 11),
        ("a.g-2", 6),
        ("a.end-1", 0),
    ]
    assert links(story, "a")[1] == ("Continue", "b", "not x == 0 and x == 1")
    assert links(story, "a")[10][1:] == (
        "a.g-1",
        " and ".join(f"not x == {n}" for n in range(10)),
    )
    assert links(story, "a.g-2")[4] == (
        "Continue",
        "b",
        "not x == 20 and not x == 21 and not x == 22 and not x == 23 and x == 24",
    )


def test_the_work_for_jumps_grows_with_their_number_only() -> None:
    def written(jumps: int) -> int:
        block = "".join(f"- x == {n:04}: -> b\n" for n in range(jumps))
        story = read(f"VAR x = 1\n=== a\n{{\n{block}}}\n=== b\nb\n")
        return sum(len(link.condition or "") for p in story.passages for link in p.links)

    assert written(800) < 2.2 * written(400)


def test_what_stands_behind_a_jump_is_not_lost() -> None:
    story = read(
        "=== k\nOne.\n-> top\nNever said.\n- (top) Top.\n* a -> END\n- -> END\nNever.\n* b -> k\n"
    )

    assert [(each.name, each.text) for each in story.passages] == [
        ("k", "One."),
        ("k.u-1", "Never said."),
        ("k.top", "Top."),
        ("k.g-1", ""),
        ("k.u-2", "Never."),
        ("k.end-1", "a"),
    ]
    assert links(story, "k") == [("Continue", "k.top", None)]
    assert links(story, "k.u-1") == [("Continue", "k.top", None)]
    assert links(story, "k.u-2") == [("b", "k", "once")]


def test_comments_are_kept_beside_the_scene() -> None:
    story = read(
        "// one\n-> a\n=== a // two\nText. /* three\n  four */ More.\nTODO: five\n-> END\n"
        "=== function f() // six\n~ return 1\n"
    )

    assert story.metadata == {"comments": ["// one"]}
    assert passage(story, "a").metadata == {
        "comments": ["// two", "/* three\n  four */", "TODO: five"]
    }
    assert passage(story, "a").text == "Text.\nMore."
    assert story.extras[0].text.startswith("=== function f() // six")


def test_a_choice_without_words_may_have_a_text_below() -> None:
    story = read("=== k\n* [a] -> k\n* ->\n  Nothing left.\n  -> END\n* [b]\n* -> k\n")

    assert passage(story, "k.c-1").text == "Nothing left."
    assert passage(story, "k").metadata == {"fallbacks": ["->", "-> k"]}
    assert [kept.text for kept in story.kept] == ["->", "-> k"]


@pytest.mark.parametrize(
    ("text", "filename", "message"),
    [
        ("Hi\nINCLUDE parts/a.ink\n", "a.ink", "Line 2: the file includes itself."),
        ("{ a\n", None, "Line 1: a brace is opened and never closed."),
        ("x\n/* a\n", None, "Line 2: the comment does not end."),
        ("=== a\nx\n=== a\ny\n", None, "two parts called a"),
        ("=== a\n- (b) x\n- (b) y\n", None, "Line 3: there are two parts called a.b"),
        ("=== a\nx\n- (b) y\n= b\nz\n", None, "Line 3: there are two parts called a.b"),
        ("VAR x = 1\n", None, "no knot and no text"),
        ("# title: x\n", None, "no knot and no text"),
    ],
)
def test_broken_files_are_refused(text: str, filename: str | None, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read(text, filename)

    assert message in refused.value.message


def test_too_many_scenes_are_refused() -> None:
    with pytest.raises(StoryTooLarge):
        read("* a\n** b\n- c\n" * 12_000)
