"""Yarn as scenes: nodes, options, jumps, commands, and what stays as written."""

from __future__ import annotations

import pytest

from scenarios.formats import read_story
from scenarios.formats.base import ImportedStory, Position
from scenarios.formats.errors import BrokenStoryFile
from scenarios.logic.story import Effect
from tests.scenarios.formats.telling import passage


def node(title: str, *lines: str) -> str:
    return f"title: {title}\n---\n" + "".join(f"{line}\n" for line in lines) + "===\n"


def read(*nodes: str) -> ImportedStory:
    return read_story("".join(nodes).encode(), "yarn", "tale.yarn")


def links(story: ImportedStory, name: str) -> list[tuple[str, str, str | None]]:
    return [(link.text, link.target, link.condition) for link in passage(story, name).links]


END = node("End", "Bye.")


def test_headers() -> None:
    story = read(
        "#file tag\n// note\ntitle: A\ntags: x  y\nposition: 5,-6.5\ncolorID: 2\n---\nHi\n===\n",
        "title: B\nposition: here\n---\n===\n",
    )

    first, second = story.passages
    assert (first.tags, first.position, first.metadata) == (
        ("x", "y"),
        Position(5, -6.5),
        {"colorID": "2"},
    )
    assert (second.position, second.metadata) == (None, {"position": "here"})
    assert (story.title, story.start) == ("tale", "A")
    assert story.metadata == {"file-tags": ["#file tag"], "comments": ["// note"]}
    assert [(kept.passage, kept.text) for kept in story.kept] == [("", "#file tag")]


def test_a_header_that_comes_twice_is_kept_twice() -> None:
    story = read("title: A\nimage: a.png\nimage: b.png // why\nimage: c.png\n---\n===\n")

    assert passage(story, "A").metadata == {
        "image": "a.png",
        "image-2": "b.png",
        "image-3": "c.png",
        "comments": ["// why"],
    }


def test_hashtags_are_kept_beside_the_scene() -> None:
    story = read(
        node(
            "A",
            "-> Leave #line:1 #sad",
            "-> Pay <<if $gold >= 5>> #line:2 // dear",
            "-> Sing #line:3 <<if $voice>>",
            "-> Leave #line:4",
            "-> #only",
            "-> A \\# sign",
            "<<if $x>> #cond",
            "    <<jump End>> #jump",
            "<<endif>> #end",
        ),
        END,
    )

    assert [text for text, _, _ in links(story, "A")] == [
        "Leave",
        "Pay",
        "Sing",
        "Leave",
        "#only",
        "A # sign",
    ]
    assert passage(story, "A").metadata == {
        "hashtags": {
            "Leave": "#line:1 #sad #line:4",
            "Pay": "#line:2",
            "Sing": "#line:3",
            "<<if $x>>": "#cond",
            "<<jump End>>": "#jump",
            "<<endif>>": "#end",
        },
        "comments": ["// dear"],
    }
    assert [(kept.passage, kept.text) for kept in story.kept] == [
        ("A", "#only"),
        ("A", "#line:1 #sad #line:4"),
        ("A", "#line:2"),
        ("A", "#line:3"),
        ("A", "#cond"),
        ("A", "#jump"),
        ("A", "#end"),
    ]


def test_hashtags_of_a_block_that_stays_are_in_its_text_only() -> None:
    block = ["<<if $x>> #a", "Words. #b", "<<endif>>"]

    story = read(node("A", *block))

    assert passage(story, "A").text == "\n".join(block)
    assert passage(story, "A").metadata == {}


def test_lines_of_which_one_is_said_stay_with_what_is_below_them() -> None:
    group = ["=> One", "    <<jump End>>", "=> Two <<if $x>>", "    -> Go", "=> <<once>> Three"]
    enum = ["<<enum Mood>>", "    <<case Glad>>", "<<endenum>>"]

    story = read(node("A", *enum, *group, "After.", "-> On"), END)

    assert passage(story, "A").text == "\n".join([*enum, *group, "After."])
    assert links(story, "A") == [("On", "A.end-1", None), ("Continue", "End", None)]
    assert [kept.text for kept in story.kept] == ["\n".join(enum), "\n".join(group)]


def test_what_stands_behind_a_jump_is_not_lost() -> None:
    lines = ["<<jump End>>", "Never said.", "-> Never", "<<jump End>>", "Nor this."]
    story = read(node("A", *lines), END)

    assert [(each.name, each.text) for each in story.passages] == [
        ("A", ""),
        ("A.u-1", "Never said."),
        ("A.u-2", "Nor this."),
        ("End", "Bye."),
    ]


@pytest.mark.parametrize(
    ("line", "text", "targets"),
    [
        ("<<if $x eq 1>>[[Go|End]]<<else>>[[Stay|A]]<<endif>>", "", ["End", "A"]),
        ("<<if $x eq 1>>Said here<<endif>>", "<<if $x eq 1>>Said here<<endif>>", []),
        ("Well <<if $x>>yes<<else>>no<<endif>>.", "Well <<if $x>>yes<<else>>no<<endif>>.", []),
        ("<<if $x>>  <<else>> Said.  <<endif>>", "<<if $x>>  <<else>> Said.  <<endif>>", []),
        ("Only <<if $x>>", "Only <<if $x>>", []),
    ],
)
def test_an_if_within_a_line(line: str, text: str, targets: list[str]) -> None:
    story = read(node("A", line), END)

    assert passage(story, "A").text == text
    assert [link.target for link in passage(story, "A").links] == targets


def test_an_if_that_opens_and_ends_in_lines_of_text() -> None:
    story = read(node("A", "<<if $x>> Rich.", "<<jump End>> <<else>>Poor.", "Very<<endif>>"), END)

    assert passage(story, "A").text == ""
    assert links(story, "A") == [("Continue", "A.b-1", "x"), ("Continue", "A.b-2", "not x")]
    assert passage(story, "A.b-1").text == "Rich."
    assert passage(story, "A.b-2").text == "Poor.\nVery"


def test_nodes_of_one_title_are_a_group() -> None:
    story = read(
        "title: Guard\nwhen: once\n---\nHalt.\n===\n",
        "title: Guard\nwhen: $gold > 5\n---\nRich.\n===\n",
        "title: Guard\nwhen: once if $met\n---\nYou.\n===\n",
        "title: Guard\nwhen: dice(6) > 3\n---\nLuck.\n===\n",
        "title: Guard\nwhen: always\n---\nHm.\n===\n",
        node("Start", "<<jump Guard>>"),
    )

    assert links(story, "Start") == [("Continue", "Guard", None)]
    assert links(story, "Guard") == [
        ("Continue", "Guard (2)", "once"),
        ("Continue", "Guard (3)", "gold > 5"),
        ("Continue", "Guard (4)", "once and met"),
        ("Continue", "Guard (5)", None),
        ("Continue", "Guard (6)", None),
    ]
    assert passage(story, "Guard").text == "when: dice(6) > 3"
    assert passage(story, "Guard (3)").metadata == {"when": "$gold > 5"}
    assert [kept.text for kept in story.kept] == ["when: dice(6) > 3"]


def test_options_and_what_follows_them() -> None:
    story = read(
        node(
            "Start",
            "Hi.",
            "-> One #line:1",
            "    <<set $x to 1>>",
            "    <<jump End>>",
            "-> Two <<if $x >= 2>> #t",
            "    Text.",
            "After.",
        ),
        END,
    )

    assert links(story, "Start") == [("One", "End", None), ("Two", "Start.c-1", "x >= 2")]
    assert passage(story, "Start").links[0].effects == (Effect("x", "set", "1"),)
    assert links(story, "Start.c-1") == [("Continue", "Start.g-1", None)]
    assert passage(story, "Start.g-1").is_end


def test_options_of_the_first_version() -> None:
    story = read(node("Start", "Hi.", "[[Go|End]]", "[[ Stay |Start]]"), node("B", "[[End]]"), END)

    assert links(story, "Start") == [("Go", "End", None), ("Stay", "Start", None)]
    assert links(story, "B") == [("Continue", "End", None)]


def test_an_if_of_jumps() -> None:
    story = read(
        node(
            "A",
            "<<if $x == 1>>",
            "<<jump B>>",
            '<<elseif visited("B")>>',
            "<<jump End>>",
            "<<else>>",
            "<<stop>>",
            "<<endif>>",
        ),
        node("B", "<<if $x>>", "    <<jump A>>", "<<endif>>", "More."),
        END,
    )

    assert links(story, "A") == [
        ("Continue", "B", "x == 1"),
        ("Continue", "End", 'not x == 1 and visited("B")'),
        ("Continue", "A.end-1", 'not x == 1 and not visited("B")'),
    ]
    assert links(story, "B") == [("Continue", "A", "x"), ("Continue", "B.g-1", "not x")]


def test_an_if_of_options() -> None:
    story = read(
        node(
            "A",
            "-> Always",
            "    <<jump End>>",
            "<<if $x is 1>>",
            "    -> One <<if $y>>",
            "        <<jump End>>",
            "<<else>>",
            "    -> Other",
            "<<endif>>",
        ),
        END,
    )

    assert [link.condition for link in passage(story, "A").links] == [None]
    assert links(story, "A.g-1") == [
        ("One", "End", "x == 1 and y"),
        ("Other", "A.end-1", "not x == 1"),
    ]


def test_declared_variables() -> None:
    story = read(
        node(
            "A",
            "<<declare $n = 5>>",
            "<<declare $f = 0.5>>",
            '<<declare $s = "a as b">>',
            "<<declare $b = true as bool>>",
            "<<declare $m = 2 as number>>",
            "<<declare $q = f()>>",
            "<<declare $n = 6>>",
            "<<declare once>>",
            "<<declare $z = -1>> // why not",
        ),
    )

    assert [(v.name, v.type, v.default) for v in story.variables] == [
        ("n", "integer", 5),
        ("f", "number", 0.5),
        ("s", "string", "a as b"),
        ("b", "boolean", True),
        ("m", "number", 2),
        ("z", "integer", -1),
    ]
    assert passage(story, "A").text == "<<declare $q = f()>>\n<<declare once>>"


def test_what_is_not_understood_stays_and_still_leads_on() -> None:
    block = ["<<if dice(6) > 2>>", "", "    Words. // why", "\t<<jump End>>", "<<endif>>"]
    once = ["<<once>>", "  First.", "<<else>>", "  Later.", "<<endonce>>"]
    lines = [
        "Hello {$x}! #tag",
        "<<wait 2>>",
        "<<set $x to f()>>",
        "<<jump Nowhere>>",
        "[b]bold[/b]",
        "=> One of these",
    ]

    story = read(
        node(
            "A",
            *lines,
            *block,
            *once,
            "-> Odd <<if dice(6) > 1>>",
            "    <<jump End>>",
            "-> Odder <<once>>",
            "-> Oddest <<once if dice(6) > 1>>",
            "-> Long <<if $x>> and more",
            "-> Worth {$x} #line:1",
        ),
        END,
    )

    odd = [
        "-> Odd <<if dice(6) > 1>>",
        "-> Oddest <<once if dice(6) > 1>>",
        "-> Long <<if $x>> and more",
    ]
    assert passage(story, "A").text == "\n".join([*lines, *block, *once, *odd])
    assert links(story, "A") == [
        ("Odd", "End", None),
        ("Odder", "A.end-1", "once"),
        ("Oddest", "A.end-2", None),
        ("Long", "A.end-3", None),
        ("Worth {$x}", "A.end-4", None),
    ]
    assert [kept.text for kept in story.kept] == [
        *lines,
        "\n".join(block),
        "\n".join(once),
        *odd,
        "Worth {$x}",
        "#line:1",
    ]


def test_an_if_that_does_something_becomes_scenes_of_their_own() -> None:
    story = read(
        node(
            "A",
            "Before.",
            "<<if $gold > 5>>",
            "    Rich.",
            "    <<set $gold to $gold - 5>>",
            '<<elseif visited("End")>>',
            "    -> Leave",
            "        <<jump End>>",
            "    -> Stay",
            "<<else>>",
            "    <<jump End>>",
            "<<endif>>",
            "After.",
        ),
        END,
    )

    assert links(story, "A") == [
        ("Continue", "A.b-1", "gold > 5"),
        ("Continue", "A.b-2", 'not gold > 5 and visited("End")'),
        ("Continue", "End", 'not gold > 5 and not visited("End")'),
    ]
    assert passage(story, "A.b-1").text == "Rich."
    assert [(e.op, e.value) for e in passage(story, "A.b-1").on_enter] == [("add", "-5")]
    assert links(story, "A.b-1") == [("Continue", "A.g-1", None)]
    assert links(story, "A.b-2") == [("Leave", "End", None), ("Stay", "A.g-1", None)]
    assert passage(story, "A.g-1").text == "After."
    assert story.kept == ()


def test_an_if_without_an_else_goes_on_below() -> None:
    story = read(
        node(
            "A",
            "<<if $x>>",
            "<<set $y to 1>>",
            "<<endif>>",
            "<<if $y is 1>>",
            "Only words.",
            "<<endif>>",
        ),
    )

    assert links(story, "A") == [
        ("Continue", "A.b-1", "x"),
        ("Continue", "A.g-1", "not x"),
    ]
    assert passage(story, "A.g-1").text == "<<if $y is 1>>\nOnly words.\n<<endif>>"
    assert passage(story, "A.g-1").is_end


def test_what_stands_behind_an_else_is_not_lost() -> None:
    block = ["<<if $x>>", "<<jump End>>", "<<else>>", "One.", "<<else>>", "Two.", "<<endif>>"]

    story = read(node("A", *block), END)

    assert passage(story, "A").text == "\n".join(block)
    assert links(story, "A") == [("Continue", "End", None)]


def test_an_if_within_an_if() -> None:
    story = read(
        node(
            "A",
            "<<if $x>>",
            "<<if $y>>",
            "<<jump End>>",
            "<<endif>>",
            "<<jump A>>",
            "<<endif>>",
            "<<if f()>>",
            "<<jump End>>",
            "<<endif>>",
        ),
        END,
    )

    assert [kept.text for kept in story.kept] == ["<<if f()>>\n<<jump End>>\n<<endif>>"]
    assert links(story, "A") == [("Continue", "A.b-1", "x"), ("Continue", "A.g-1", "not x")]
    assert links(story, "A.b-1") == [("Continue", "End", "y"), ("Continue", "A", "not y")]
    assert links(story, "A.g-1") == [("Continue", "End", None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: A\n---\nHi\n", "`===` is missing"),
        ("title: A\n", "`---` is missing"),
        ("---\nHi\n===\n", "Line 1: the node has no title."),
        ("title: A\nwhat\n---\n===\n", "Line 2 is no header"),
        (node("A") + node("A"), "Two nodes are called 'A', and not each has a header `when`."),
        ("// nothing\n", "no node"),
        (node("A", "<<if $x>>", "Hi"), "Line 3: <<if>> has no <<endif>>."),
        (node("A", *(" " * n + "-> x" for n in range(40))), "nested over 24 deep"),
    ],
)
def test_broken_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read(text)

    assert message in refused.value.message


def test_names_that_are_taken_are_not_given_again() -> None:
    story = read(node("A", "-> x", "    Words."), node("A.c-1", "Mine."))

    assert links(story, "A") == [("x", "A.c-2", None)]
    assert passage(story, "A.c-1").text == "Mine."


def test_an_end_tag_without_its_beginning_ends_the_node() -> None:
    with pytest.raises(BrokenStoryFile):
        read(node("A", "One.", "<<endif>>", "Two."))
