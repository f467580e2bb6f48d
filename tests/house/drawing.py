"""Which parts of docs/ are drawn from the code? The tree, the ports and the error codes.

`python -m tests.house.drawing` rewrites them between their marks (`make fix` calls it); a test compares.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT, modules, parsed, shown

ARCHITECTURE = ROOT / "docs" / "architecture.md"
ERRORS = ROOT / "docs" / "errors.md"
NAME_WIDTH = 42
TEXT_WIDTH = 88


@dataclass(frozen=True)
class ErrorClass:
    """One class of errors that clients may see."""

    name: str
    module: str
    code: str
    status: int
    meaning: str


def first_sentence(node: ast.Module | ast.ClassDef) -> str:
    """What the docstring says first; for a question this is the question and its answer's first sentence."""
    paragraph = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
    return paragraph.rstrip(".")


def shortened(text: str, width: int) -> str:
    """The text, cut after a sentence or else between words when it is longer than `width`."""
    if len(text) <= width:
        return text
    sentences = re.match(rf"(.{{1,{width - 1}}}[.?])\s", text)
    if sentences:
        return sentences[1].rstrip(".")
    return text[: width - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def drawn_tree() -> str:
    """Every module and what its docstring says it answers, without empty `__init__.py` and migrations."""
    lines = ["```text"]
    for package in PACKAGES:
        lines.append(f"{package}/")
        found = [(module.relative_to(ROOT / package), module) for module in modules(package)]
        for name, module in sorted(
            found, key=lambda pair: (len(pair[0].parts) > 1, pair[0].as_posix())
        ):
            text = first_sentence(parsed(module))
            if "migrations" in name.parts or (name.name == "__init__.py" and not text):
                continue
            lines.append(
                f"  {name.as_posix():<{NAME_WIDTH}} {shortened(text, TEXT_WIDTH)}".rstrip()
            )
    return "\n".join([*lines, "```"])


def port_classes() -> Iterator[tuple[str, str]]:
    """Each Protocol that a ports.py states, as `app.ports.Name`, and what it is."""
    for module in modules():
        if module.name != "ports.py" or "embedded" in module.parts:
            continue
        dotted = ".".join(module.relative_to(ROOT).with_suffix("").parts)
        for node in parsed(module).body:
            if isinstance(node, ast.ClassDef) and "Protocol" in {
                ast.unparse(base).split("[")[0] for base in node.bases
            }:
                yield f"{dotted}.{node.name}", first_sentence(node)


def drawn_ports() -> str:
    """The table of all ports."""
    rows = [f"| `{name}` | {meaning}. |" for name, meaning in port_classes()]
    return "\n".join(["| Port | What the upper app gives |", "|---|---|", *rows])


def _constant(node: ast.ClassDef, name: str) -> object:
    for statement in node.body:
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [getattr(statement, "target", None)]
        )
        value = getattr(statement, "value", None)
        if any(isinstance(one, ast.Name) and one.id == name for one in targets) and isinstance(
            value, ast.Constant
        ):
            return value.value
    return None


def _class_nodes() -> dict[str, tuple[ast.ClassDef, Path]]:
    """Every class by its name; the embedded servers' errors end a command and never reach a client."""
    return {
        node.name: (node, module)
        for module in modules()
        if "embedded" not in module.parts
        for node in parsed(module).body
        if isinstance(node, ast.ClassDef)
    }


def _ancestry(name: str, nodes: dict[str, tuple[ast.ClassDef, Path]]) -> list[ast.ClassDef]:
    """The class and its ancestors up to StoryCoreError; empty when it is no error of ours."""
    if name not in nodes:
        return []
    node = nodes[name][0]
    if name == "StoryCoreError":
        return [node]
    lines = (
        _ancestry(ast.unparse(base), nodes) for base in node.bases if ast.unparse(base) != name
    )
    above = next((line for line in lines if line), [])
    return [node, *above] if above else []


def error_classes() -> list[ErrorClass]:
    """Every subclass of StoryCoreError with a code of its own or of its parent, by code."""
    nodes = _class_nodes()
    found = []
    for name, (node, module) in nodes.items():
        ancestry = _ancestry(name, nodes)
        code = next((value for one in ancestry if (value := _constant(one, "code"))), None)
        status = next((value for one in ancestry if (value := _constant(one, "status"))), None)
        if (
            len(ancestry) > 1
            and code != "ERROR"
            and isinstance(code, str)
            and isinstance(status, int)
        ):
            found.append(ErrorClass(name, shown(module), code, status, first_sentence(node)))
    return sorted(found, key=lambda one: (one.code, one.name))


def drawn_errors() -> str:
    """The table of all error classes."""
    rows = [
        f"| `{one.code}` | {one.status} | {one.meaning}. | `{one.name}` |"
        for one in error_classes()
    ]
    return "\n".join(["| Code | HTTP status | When | Class |", "|---|---|---|---|", *rows])


def redrawn(text: str, mark: str, drawing: str) -> str:
    """The document with new text between the two marks.

    Raises ValueError when a mark is missing.
    """
    pattern = re.compile(
        rf"(<!-- {mark}: drawn from the code -->\n).*?(<!-- end of {mark} -->)", re.DOTALL
    )
    if not pattern.search(text):
        raise ValueError(f"The document has no place for the {mark}.")
    return pattern.sub(lambda found: f"{found[1]}\n{drawing}\n\n{found[2]}", text)


def drawn_documents() -> dict[Path, str]:
    """Each drawn document as it should be."""
    architecture = redrawn(ARCHITECTURE.read_text(encoding="utf-8"), "tree", drawn_tree())
    return {
        ARCHITECTURE: redrawn(architecture, "ports", drawn_ports()),
        ERRORS: redrawn(ERRORS.read_text(encoding="utf-8"), "errors", drawn_errors()),
    }


if __name__ == "__main__":
    for document, text in drawn_documents().items():
        document.write_text(text, encoding="utf-8")
