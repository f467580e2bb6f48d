"""Snowman's and Chapbook's passages as scenes, and back."""

from __future__ import annotations

import pytest

from scenarios.formats import write_story
from scenarios.formats.base import Link
from scenarios.formats.chapbook import Chapbook
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.snowman import Snowman
from scenarios.logic.story import Effect
from tests.scenarios.formats.telling import only, twee, without_sources


@pytest.mark.parametrize(
    ("markup", "link"),
    [
        ("[[B]]", Link("B", "B")),
        ("[[go->B]]", Link("go", "B")),
        ("[[B<-go]]", Link("go", "B")),
        ("[[go|B]]", Link("go", "B")),
        ('<a href="javascript:void(0)" data-passage="B">go &amp; see</a>', Link("go & see", "B")),
        ("<% if (s.x > 1) { %>[[B]]<% } %>", Link("B", "B", "x > 1")),
        ("<% if (!story.state.x) { %>[[B]]<% } %>", Link("B", "B", "not x")),
        (
            "<% if (visited('B') && s.l.includes(2)) { %>[[B]]<% } %>",
            Link("B", "B", 'visited("B") and 2 in l'),
        ),
    ],
)
def test_each_way_to_link_in_snowman(markup: str, link: Link) -> None:
    scene = only(f"Text.\n{markup}", "Snowman")

    assert (scene.text, scene.links) == ("Text.", (link,))


@pytest.mark.parametrize(
    "markup",
    [
        "[[B][x = 1]]",
        "[[Nowhere]]",
        '<a data-passage="Nowhere">x</a>',
        '<a href="javascript:void(0)">x</a>',
        "<a href='https://example.com'>x</a>",
        "<%= s.x %>",
        "<% x = 1 %>",
        "<% s.x = f() %>",
        "<% if (f()) { %>Words<% } else { %>Other<% } %>",
        "<% for (;;) { %>Words<% } %>",
        "<% } else { %>",
        "<% } %>",
        "<% if (s.x) { %>Words",
        "<% window.story.show('B') %>",
        "<% unclosed",
        "<!-- [[B]] -->",
    ],
)
def test_what_is_not_understood_stays_in_snowman(markup: str) -> None:
    scene = only(f"Before {markup} after.", "Snowman")

    assert scene.text == f"Before {markup} after."
    assert scene.links == ()


@pytest.mark.parametrize(
    ("code", "effects"),
    [
        ("s.x = 5; s.y += 'a';", (Effect("x", "set", "5"), Effect("y", "set", 'y + "a"'))),
        ("s.l = _.without(s.l, 'k')", (Effect("l", "remove", '"k"'),)),
        ("s.l.push(3);", (Effect("l", "append", "3"),)),
        ("s.x = !s.x", (Effect("x", "toggle"),)),
    ],
)
def test_code_becomes_effects_in_snowman(code: str, effects: tuple[Effect, ...]) -> None:
    assert only(f"<% {code} %>\nText.", "Snowman").on_enter == effects


def test_else_in_snowman() -> None:
    scene = only(
        "<% if (s.x == 1) { %>[[B]]<% } else if (s.y) { %>[[C]]<% } else { %>[[A]]<% } %>",
        "Snowman",
    )

    assert [link.condition for link in scene.links] == [
        "x == 1",
        "not x == 1 and y",
        "not x == 1 and not y",
    ]


def test_links_with_effects_cannot_be_said_in_snowman_or_chapbook() -> None:
    link = Link("go", "B", None, (Effect("x", "toggle"),))

    for dialect in (Snowman(), Chapbook()):
        with pytest.raises(NotUnderstood):
            dialect.link(link)
    assert (
        Snowman().link(Link("a]]", 'B"'))
        == '<a href="javascript:void(0)" data-passage="B&quot;">a]]</a>'
    )
    assert Chapbook().link(Link("a]]", "it's")) == "{link to: 'it\\'s', label: 'a]]'}"


@pytest.mark.parametrize(
    ("markup", "link"),
    [
        ("[[B]]", Link("B", "B")),
        ("[[go->B]]", Link("go", "B")),
        ("{link to: 'B'}", Link("B", "B")),
        ("{link to: 'B', label: 'go, now'}", Link("go, now", "B")),
        ("[if x > 1]\n[[B]]\n", Link("B", "B", "x > 1")),
        ("[unless x]\n[[B]]\n[continue]", Link("B", "B", "not x")),
        (
            "[IF trail.includes('B') || x % 2 === 0]\n* [[B]]\n[cont]",
            Link("B", "B", 'visited("B") or x % 2 == 0'),
        ),
    ],
)
def test_each_way_to_link_in_chapbook(markup: str, link: Link) -> None:
    scene = only(f"Text.\n{markup}", "Chapbook")

    assert (scene.text, scene.links) == ("Text.", (link,))


@pytest.mark.parametrize(
    "text",
    [
        "{link to: 'Nowhere'}",
        "{link to: b}",
        "{embed passage: b}",
        "{back link}",
        "{name}",
        "{unclosed\n[[x]]}",
        "[[B][x]]",
        "[after 1s]\nWords",
        "[else]\nWords",
        "[if f(x)]\nWords\n[else]\nOther",
        "[if trail.includes(x)]\nWords",
        "x: f()\n--\nWords",
        "x (y): 1\n--\nWords",
        "1: 2\n--\nWords",
        "[css]\n.x { }",
        "<script>[[B]]</script>",
        "<!-- open",
    ],
)
def test_what_is_not_understood_stays_in_chapbook(text: str) -> None:
    scene = only(text, "Chapbook")

    assert scene.text == text
    assert (scene.links, scene.on_enter) == ((), ())


def test_the_variables_section_of_chapbook() -> None:
    text = "x: 5\n\ny: y + 2\nl: l.concat('k')\nm: m.filter(i => i !== 'k')\nz: !z\ns: 'it\\'s'\n--\nText."

    scene = only(text, "Chapbook")

    assert scene.text == "Text."
    assert scene.on_enter == (
        Effect("x", "set", "5"),
        Effect("y", "add", "2"),
        Effect("l", "append", '"k"'),
        Effect("m", "remove", '"k"'),
        Effect("z", "toggle"),
        Effect("s", "set", '"it\'s"'),
    )


def test_lines_of_the_variables_section_that_are_not_understood_stay_alone() -> None:
    text = "config.style.color: 'red'\nx: 5\nx (y): 6\nz: null\n\ns: 'a'\n--\nText.\n--\nMore."

    story = twee(f":: A\n{text}\n", "Chapbook")

    (scene,) = story.passages
    kept = ["config.style.color: 'red'", "x (y): 6", "z: null"]
    assert scene.text == "\n".join([*kept, "--", "Text.", "--", "More."])
    assert scene.on_enter == (Effect("x", "set", "5"), Effect("s", "set", '"a"'))
    assert [piece.text for piece in story.kept] == kept
    assert [variable.name for variable in story.variables] == ["x", "s"]
    written = write_story(without_sources(story), "twee").content.decode()
    assert "x: 5\ns: 'a'\nconfig.style.color: 'red'\nx (y): 6\nz: null\n--\nText." in written


def test_an_anchor_that_is_kept_still_leads_on() -> None:
    markup = "<a class=\"x\" data-passage='B'><b>go</b> on</a>"

    scene = only(f"Before {markup} after.", "Snowman")

    assert (scene.text, scene.links) == (f"Before {markup} after.", (Link("go on", "B"),))


def test_a_passage_that_shows_another_leads_on() -> None:
    assert not only("{embed passage: 'B'}", "Chapbook").is_end
    assert not only('<%= story.render("B") %>', "Snowman").is_end
    assert not only('<<include "B">>').is_end
    assert not only('(display: "B")', "Harlowe").is_end
    assert only("The end.", "Chapbook").is_end
