"""SugarCube's links and macros as scenes, and back."""

from __future__ import annotations

import pytest

from scenarios.formats.base import Link
from scenarios.formats.sugarcube import SugarCube
from scenarios.logic.story import Effect
from tests.scenarios.formats.telling import only, twee

ADD = (Effect("x", "add", "1"),)


@pytest.mark.parametrize(
    ("markup", "link"),
    [
        ("[[B]]", Link("B", "B")),
        ("[[go|B]]", Link("go", "B")),
        ("[[go->B]]", Link("go", "B")),
        ("[[B<-go]]", Link("go", "B")),
        ("[[go|B][$x += 1]]", Link("go", "B", None, ADD)),
        (
            "[[B][$x to 1; $y to 2]]",
            Link("B", "B", None, (Effect("x", "set", "1"), Effect("y", "set", "2"))),
        ),
        ('<<link "go" "B">><</link>>', Link("go", "B")),
        ('<<link "go" "B">><<set $x++>><</link>>', Link("go", "B", None, ADD)),
        ("<<link [[go|B]]>><</link>>", Link("go", "B")),
        ("<<button 'go'>><<set $x += 1>>\n<<goto 'B'>><</button>>", Link("go", "B", None, ADD)),
        ("<<goto [[B]]>>", Link("B", "B")),
        ('<<click "go" "B">><<set $x++>><</click>>', Link("go", "B", None, ADD)),
        ("<<click [[go|B]]>><<endclick>>", Link("go", "B")),
        ('<a data-passage="B">go &amp; see</a>', Link("go & see", "B")),
        ("<<goto 'B'>>", Link("B", "B")),
        ("<<if $x is 1>>[[B]]<</if>>", Link("B", "B", "x == 1")),
        ("<<if $x gte 1 && !$y>>[[B]]<<endif>>", Link("B", "B", "x >= 1 and not y")),
        ("<<if $x>>[[B]]<</if>><<set $x to 3>>", Link("B", "B", "x != 0")),
        (
            "<<if $s and not $s>>[[B]]<</if>><<set $s to 'q'>>",
            Link("B", "B", 's != "" and not s != ""'),
        ),
        ("<<if visited('B')>>[[B]]<</if>>", Link("B", "B", 'visited("B")')),
        ("<<if visited('B') is 2>>[[B]]<</if>>", Link("B", "B", 'visits("B") == 2')),
    ],
)
def test_each_way_to_link(markup: str, link: Link) -> None:
    scene = only(f"Text.\n{markup}")

    assert scene.links == (link,)
    assert scene.text == "Text."


@pytest.mark.parametrize(
    "markup",
    [
        "[[go|$next]]",
        "[[go|B][$x = f()]]",
        "<<goto $next>>",
        "<<link $l>>Words<</link>>",
        '<<link "go">>Words<</link>>',
        '<<link "go">>',
        "<<set $x to f(1)>>",
        "<<set $x.y to 1>>",
        "<<set $x>>",
        "<<set $x ||= 1>>",
        "<<set $x to {}>>",
        "<<set $x to 1 2>>",
        "<<set>>",
        "<<run $x.sort()>>",
        "<<if>>Words<</if>>",
        "<<else>>",
        "<</if>>",
        "<<if $x>>Words",
        "<<include $which>>",
        "<<= $x>>",
        "{{{[[B]]}}}",
        "/* [[B]] */",
        "<script>[[B]]</script>",
        "[img[a.png][B]]",
    ],
)
def test_what_is_not_understood_stays(markup: str) -> None:
    scene = only(f"Before {markup} after.")

    assert scene.text == f"Before {markup} after."
    assert scene.on_enter == ()


def test_a_block_that_is_kept_keeps_its_ways_out() -> None:
    scene = only('<<link "go" "B">><<shake>><</link>> <<timed 1s>>[[C]]<</timed>>')

    assert scene.links == (Link("go", "B"), Link("C", "C"))
    assert scene.text == '<<link "go" "B">><<shake>><</link>> <<timed 1s>>[[C]]<</timed>>'


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("[img[a.png][B]]", [Link("a.png", "B")]),
        ("[img[a door|a.png][C][$x to 1]]", [Link("a door", "C")]),
        ("[img[a.png]]", []),
        ('<a class="x" data-passage="B"><b>go</b> on</a>', [Link("go on", "B")]),
        ('<a data-passage="B" data-setter="$x to 1">go</a>', [Link("go", "B")]),
        ('<a data-passage="Nowhere">go</a>', []),
        ('<<choice "B" "go">>', [Link("go", "B")]),
        ('<<choice "B">>', [Link("B", "B")]),
        ("<<choice [[go|B]]>>", [Link("go", "B")]),
        ("<<choice $x>>", []),
        ('<<actions "B" [[go|C]] "Nowhere">>', [Link("go", "C"), Link("B", "B")]),
        ("<<actions $list>>", []),
    ],
)
def test_what_is_kept_still_leads_on(markup: str, links: list[Link]) -> None:
    scene = only(f"Before {markup} after.")

    assert scene.text == f"Before {markup} after."
    assert list(scene.links) == links


def test_code_leads_nowhere() -> None:
    text = "<<script>>[[B]]<</script>> <<widget 'w'>>[[C]]<</widget>>"

    assert (only(text).text, only(text).links) == (text, ())


def test_an_if_that_is_not_understood_keeps_its_links_without_condition() -> None:
    scene = only("<<if random(1, 6) gt 3>>[[B]]<<else>>[[C]]<</if>>")

    assert scene.links == (Link("B", "B"), Link("C", "C"))
    assert scene.text == "<<if random(1, 6) gt 3>>[[B]]<<else>>[[C]]<</if>>"


def test_a_block_that_crosses_another_encloses_nothing() -> None:
    text = "<<if $x>><<link 'a' 'B'>><</if>><</link>>"

    scene = only(text)

    assert scene.text == text


def test_blocks_deeper_than_anybody_writes_enclose_nothing() -> None:
    text = "<<if $x is 1>>" * 30 + "[[B]]" + "<</if>>" * 30

    scene = only(text)

    assert scene.text == text
    assert [link.target for link in scene.links] == ["B"]


@pytest.mark.parametrize(
    ("markup", "effects"),
    [
        ("<<set $x to 5>>", (Effect("x", "set", "5"),)),
        ("<<set $x -= 2, $y *= 3>>", (Effect("x", "add", "-2"), Effect("y", "set", "y * 3"))),
        ("<<set $x -= -2>>", (Effect("x", "add", "2"),)),
        ("<<set $x-->>", (Effect("x", "add", "-1"),)),
        ("<<set $s += 'a'>>", (Effect("s", "set", 's + "a"'),)),
        ("<<set $x to $x + $y>>", (Effect("x", "set", "x + y"),)),
        ("<<run $l.push('k')>>", (Effect("l", "append", '"k"'),)),
        ("<<run $l.delete('k')>>", (Effect("l", "remove", '"k"'),)),
        ("<<set $l to ['k', 1]>>", (Effect("l", "set", '["k", 1]'),)),
        ('<<set $t to "a\\"b\\n">>', (Effect("t", "set", '"a\\"b\\n"'),)),
        ("<<set $h to -1.5>>", (Effect("h", "set", "-1.5"),)),
    ],
)
def test_changes_become_effects(markup: str, effects: tuple[Effect, ...]) -> None:
    assert only(f"Text.{markup}").on_enter == effects


def test_a_link_whose_text_cannot_stand_in_brackets() -> None:
    assert SugarCube().link(Link('say "]]"', "B")) == '<<link "say \\"]]\\"" "B">><</link>>'
    assert only('<<link "say \\"]]\\"" "B">><</link>>').links == (Link('say "]]"', "B"),)


def test_special_passages_are_no_scenes() -> None:
    story = twee(
        ":: StoryInit\n<<set $gold to 5>><<set $gold to 7>>\n\n:: A\n[[A]]\n\n:: PassageFooter\nfoot\n\n"
        ":: code [script]\nx\n\n:: w [widget]\ny\n"
    )

    assert [each.name for each in story.passages] == ["A"]
    assert [each.name for each in story.extras] == ["StoryInit", "PassageFooter", "code", "w"]
    assert [(v.name, v.default) for v in story.variables] == [("gold", 5)]
    assert [kept.passage for kept in story.kept] == ["PassageFooter", "code", "w"]
