"""Scenes as markup: the author's own while it holds, else written anew, with a comment where needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.formats.base import Link, Passage, Source
from scenarios.formats.declarations import divided, inferred, with_declarations
from scenarios.formats.meaning import Context
from scenarios.formats.scenes import read_scene, scene_markup, scene_of
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable

HERE = Context("sugarcube", frozenset({"A", "B"}))
SCENE = Passage("A", "Text.", (Link("go", "B", "once"),), visible_if="x > 1")


def test_what_a_dialect_cannot_say_travels_in_a_comment() -> None:
    markup = scene_markup(SCENE, HERE)

    assert markup.startswith("Text.\n\n[[go->B]]\n\n<!-- storycore {")
    assert read_scene(markup, HERE) == scene_of(SCENE)


def test_a_comment_is_not_believed_once_the_author_changed_the_markup() -> None:
    markup = scene_markup(SCENE, HERE).replace("Text.", "Other text.")

    scene = read_scene(markup, HERE)

    assert (scene.text, scene.links, scene.visible_if) == ("Other text.", (Link("go", "B"),), None)


@pytest.mark.parametrize(
    "carried", ["{}", "{broken}", '{"of": 5, "links": 3}', '{"of": "x", "links": [[]]}']
)
def test_a_comment_that_is_malformed_is_not_believed(carried: str) -> None:
    text = f"Text.\n\n[[B]]\n\n<!-- storycore {carried} -->"

    assert read_scene(text, HERE).links == (Link("B", "B"),)


def test_a_comment_that_leads_nowhere_is_not_believed() -> None:
    markup = scene_markup(SCENE, HERE)

    assert read_scene(markup, replace(HERE, names=frozenset({"A"}))).links == ()


def test_a_comment_holds_nothing_that_a_tool_could_take_for_markup() -> None:
    scene = Passage(
        "A", "[[x]] <b> {embed} $x --> `", (Link("]]", "B", "once", (Effect("x", "set", '"<%"'),)),)
    )

    comment = scene_markup(scene, HERE).partition("<!-- storycore ")[2]

    assert comment.endswith(" -->")
    body = comment.removesuffix(" -->")
    assert not any(sign in body for sign in ("[[", "<", ">", "$", "%", "`", "--", "{e"))
    assert read_scene(scene_markup(scene, HERE), HERE) == scene_of(scene)


def test_the_authors_markup_is_kept_while_it_says_the_same() -> None:
    raw = "Text.   \n\n\n<<if $x gt 1>>[[go|B]]<</if>>"
    scene = Passage("A", "Text.", (Link("go", "B", "x > 1"),), source=Source("sugarcube", raw))

    assert scene_markup(scene, HERE) == raw
    assert (
        scene_markup(replace(scene, text="New."), HERE) == "New.\n\n<<if $x > 1>>[[go->B]]<</if>>"
    )
    assert (
        scene_markup(replace(scene, source=Source("harlowe", raw)), HERE)
        == "Text.\n\n<<if $x > 1>>[[go->B]]<</if>>"
    )


def test_links_keep_their_order_around_a_piece_that_is_kept() -> None:
    kept = "<<timed 1s>>[[B]]<</timed>>"
    scene = Passage("A", kept, (Link("first", "B"), Link("B", "B"), Link("last", "A")))

    markup = scene_markup(scene, HERE)

    assert markup == f"[[first->B]]\n\n{kept}\n\n[[last->A]]"
    assert read_scene(markup, HERE) == scene_of(scene)


def test_a_link_without_text_is_left_to_the_comment() -> None:
    here = replace(HERE, dialect="harlowe")
    scene = Passage("A", "Text.", (Link("", "B"),))

    assert read_scene(scene_markup(scene, here), here) == scene_of(scene)


def test_effects_that_no_dialect_has_are_left_to_the_comment() -> None:
    scene = Passage("A", "Text.", (), (Effect("x", "set", "(("),), is_end=True)

    assert read_scene(scene_markup(scene, HERE), HERE) == scene_of(scene)


@pytest.mark.parametrize("dialect", ["harlowe", "sugarcube", "snowman", "chapbook"])
def test_declarations_survive_beside_the_authors_code(dialect: str) -> None:
    variables = (
        Variable("x", "integer", 3, 0, 9, description="a --> b"),
        Variable("y", "list"),
        Variable("z", "number", -0.5),
    )

    for own in ("", "own code;\n\nmore"):
        written = with_declarations(own, variables, dialect)
        assert divided(written) == (own, variables)
    assert divided("no mark") == ("no mark", ())


@pytest.mark.parametrize(
    "line",
    [
        "// storycore-variables [",
        "// storycore-variables [5]",
        '// storycore-variables [{"name":"x"}]',
        "x storycore-variables []",
    ],
)
def test_declarations_that_are_malformed_stay_as_code(line: str) -> None:
    assert divided(f"code\n{line}\nmore") == (f"code\n{line}\nmore", ())


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect("v", "set", "1"), "integer"),
        (Effect("v", "set", "-1.5"), "number"),
        (Effect("v", "set", '"a"'), "string"),
        (Effect("v", "set", "true"), "boolean"),
        (Effect("v", "set", "x == 1"), "boolean"),
        (Effect("v", "set", "not x"), "boolean"),
        (Effect("v", "set", 'visits("A") + 1'), "integer"),
        (Effect("v", "set", "[1]"), "list"),
        (Effect("v", "set", "w"), "boolean"),
        (Effect("v", "set", "-w"), "integer"),
        (Effect("v", "set", "(("), "boolean"),
        (Effect("v", "add", "w"), "integer"),
        (Effect("v", "add", "0.5"), "number"),
        (Effect("v", "add", "(("), "boolean"),
        (Effect("v", "toggle"), "boolean"),
        (Effect("v", "append", "1"), "list"),
    ],
)
def test_types_follow_from_what_is_done(effect: Effect, kind: str) -> None:
    (variable,) = (
        each for each in inferred((), [Passage("A", "", on_enter=(effect,))]) if each.name == "v"
    )

    assert (variable.type, variable.default) == (kind, None)


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("v", "boolean"),
        ("v > w", "integer"),
        ("v == 0.5", "number"),
        ('v == "a"', "string"),
        ("1 in v", "list"),
        ("v - 1 > 2", "integer"),
        ("((", None),
    ],
)
def test_types_follow_from_what_is_asked(condition: str, kind: str | None) -> None:
    found = {
        each.name: each.type for each in inferred((), [Passage("A", "", visible_if=condition)])
    }

    assert found.get("v") == kind


def test_whole_numbers_give_way_to_fractions_and_setup_gives_defaults() -> None:
    setup = (
        Effect("v", "set", "1"),
        Effect("v", "set", "2"),
        Effect("w", "set", '["a", -1]'),
        Effect("u", "add", "1"),
        Effect("u", "set", "v"),
    )

    found = inferred(
        setup, [Passage("A", "", (Link("", "A", "v > 0.5", (Effect("t", "toggle"),)),))]
    )

    assert [(each.name, each.type, each.default) for each in found] == [
        ("v", "number", 1),
        ("w", "list", ("a", -1)),
        ("u", "integer", None),
        ("t", "boolean", None),
    ]
