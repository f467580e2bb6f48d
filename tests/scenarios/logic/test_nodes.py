from __future__ import annotations

from scenarios.logic.nodes import error_at, position, to_json
from scenarios.logic.parsing import parse


def test_positions_count_from_one_and_by_line() -> None:
    text = "ab\n\ncd"

    assert [position(text, at) for at in (0, 1, 2, 3, 4, 6)] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 3),
    ]  # fmt: skip


def test_the_caret_stands_under_the_place() -> None:
    error = error_at("first\n\tgold = 3", 12, "SYNTAX", "no")

    assert (error.line, error.column) == (2, 7)
    assert error.caret == " gold = 3\n      ^"


def test_a_long_line_is_cut_around_the_place() -> None:
    error = error_at("x" * 500 + "!" + "y" * 500, 500, "SYNTAX", "no")

    line, mark = error.caret.split("\n")
    assert len(line) == 80
    assert line[len(mark) - 1] == "!"


def test_the_json_tree_holds_names_values_and_places() -> None:
    assert to_json(parse('not gold in [1]\nor visited("a") and once')) == {
        "op": "or",
        "at": [2, 1],
        "args": [
            {
                "op": "not",
                "at": [1, 1],
                "args": [
                    {
                        "op": "in",
                        "at": [1, 10],
                        "args": [
                            {"op": "variable", "at": [1, 5], "name": "gold"},
                            {
                                "op": "list",
                                "at": [1, 13],
                                "args": [{"op": "const", "at": [1, 14], "value": 1}],
                            },
                        ],
                    }
                ],
            },
            {
                "op": "and",
                "at": [2, 17],
                "args": [
                    {"op": "visited", "at": [2, 4], "scene": "a"},
                    {"op": "once", "at": [2, 21]},
                ],
            },
        ],
    }


def test_variables_come_once_and_in_the_order_of_the_text() -> None:
    assert parse("c > 1 and (a or b) and c < a").variables() == ["c", "a", "b"]
    assert parse("1 > 0").variables() == []
