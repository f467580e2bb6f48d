"""Which scenes does a flow of lines, options and jumps make? Shared by ink and Yarn.

In both, options stand in the middle of a text that goes on below them. A scene here ends where the reader
chooses, so such a flow becomes several scenes, named after where they come from: `knot.c-1` is what
follows a choice, `knot.b-1` what stands under a condition, `knot.g-1` where ways join again, `knot.u-1`
what stands behind a jump and is never reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from scenarios.formats.base import Kept, Link, Passage
from scenarios.formats.decoding import check_count
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.fallbacks import Way, nothing_else
from scenarios.formats.flow_items import (
    Branch,
    Change,
    Gather,
    Item,
    Jump,
    Line,
    Option,
    Options,
    Root,
)
from scenarios.formats.meaning import all_of, negated
from scenarios.logic.story import Effect

ONWARD = "Continue"
# A longer run of conditional jumps goes on in a scene of its own: what excludes all before it stays sayable.
_MOST_GUARDS = 10


@dataclass(slots=True)
class _Part:
    """A scene still to be made: the items from a place on, and where it goes on after the last."""

    name: str
    root: str
    items: list[Item]
    place: int = 0
    after: str | None = None
    first: Root | None = None


def woven(roots: Mapping[str, Root]) -> tuple[tuple[Passage, ...], tuple[Kept, ...]]:
    """The scenes of all flows in order, and what was kept in them. Raises StoryTooLarge."""
    weaver = _Weaver(set(roots))
    for name, root in roots.items():
        weaver.weave(_Part(name, name, root.items, first=root))
    return tuple(weaver.passages), tuple(weaver.kept)


class _Weaver:
    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.passages: list[Passage] = []
        self.kept: list[Kept] = []
        self.waiting: list[_Part] = []
        self.numbers: dict[str, int] = {}

    def weave(self, part: _Part) -> None:
        """The scene of this part and all scenes that it leads to within its flow."""
        self.waiting = [part]
        while self.waiting:
            part = self.waiting.pop()
            scene = _Scene(part, self)
            earlier = len(self.waiting)
            scene.fill()
            # What comes out of a scene follows it directly, in the order of its choices.
            self.waiting[earlier:] = self.waiting[earlier:][::-1]
            self.passages.append(scene.passage())
            self.kept += [Kept(part.name, text) for text in dict.fromkeys(scene.kept)]
            check_count(len(self.passages))

    def later(self, part: _Part) -> str:
        self.taken.add(part.name)
        self.waiting.append(part)
        return part.name

    def fresh(self, root: str, kind: str) -> str:
        stem = f"{root}.{kind}"
        while True:
            self.numbers[stem] = number = self.numbers.get(stem, 0) + 1
            if (name := f"{stem}-{number}") not in self.taken:
                return name


class _Scene:
    """Fills one scene from its part of the flow."""

    def __init__(self, part: _Part, weaver: _Weaver) -> None:
        self.part = part
        self.weaver = weaver
        self.lines: list[str] = []
        self.effects: list[Effect] = []
        self.links: list[Link] = []
        self.kept: list[str] = []
        self.targets: list[str] = []
        self.guards: tuple[str, ...] = ()
        self.fallbacks: list[str] = []
        self.is_end = False

    def fill(self) -> None:
        place, items = self.part.place, self.part.items
        while place < len(items):
            if self.ends_at(items[place], place):
                return
            place += 1
        self.onward(self.part.after)

    def ends_at(self, item: Item, place: int) -> bool:
        """Take the item into the scene; True when the scene ends with it."""
        goes_on = False
        match item:
            case Jump(target, None):
                self.onward(target)
                self.leave(place + 1)
            case Jump(target, str() as condition) if len(self.guards) < _MOST_GUARDS:
                self.maybe(target, condition)
                goes_on = True
            case Line() | Change() | Branch() | Jump() if self.guards:
                # What follows a jump that was not taken is a scene of its own: not always reached.
                self.onward(self.rest(self.weaver.fresh(self.part.root, "g"), place))
            case Options() | Branch():
                self.divide(item, place)
            case Gather(str() as label):
                self.onward(self.rest(label, place + 1))
            case Line():
                self.say(item)
                goes_on = True
            case Change(effects):
                self.effects.extend(effects)
                goes_on = True
            case _:
                goes_on = True
        return not goes_on

    def say(self, line: Line) -> None:
        self.lines.append(line.text)
        self.targets.extend(line.targets)
        self.kept.extend((line.text,) if line.kept else ())

    def rest(self, name: str, place: int) -> str:
        part = self.part
        return self.weaver.later(_Part(name, part.root, part.items, place, part.after))

    def leave(self, place: int) -> None:
        """What stands behind a jump that is always taken: it has a label, or nothing leads to it."""
        for later, item in enumerate(self.part.items[place:], place):
            match item:
                case Gather(str() as label):
                    self.rest(label, later + 1)
                    return
                case Line() | Options() | Branch():
                    self.rest(self.weaver.fresh(self.part.root, "u"), later)
                    return

    def onward(self, target: str | None) -> None:
        """The one way on, or the end of the story."""
        if target is not None:
            self.link(ONWARD, target, None)
        elif self.guards:
            self.link(ONWARD, self.ending(ONWARD, ""), None)
        else:
            self.is_end = not self.targets

    def maybe(self, target: str | None, condition: str) -> None:
        """Perhaps goes on elsewhere; what follows holds only where it did not."""
        self.link(ONWARD, target or self.ending(ONWARD, ""), condition)
        with suppress(NotUnderstood):
            self.guards = (*self.guards, negated(condition))

    def link(
        self, text: str, target: str, condition: str | None, effects: tuple[Effect, ...] = ()
    ) -> None:
        guards = (*self.guards, *((condition,) if condition else ()))
        try:
            holds = all_of(guards)
        except NotUnderstood:
            # Together more than can be said.
            holds = condition
            self.guards = self.guards[:1]
        self.links.append(Link(text, target, holds, effects))

    def ending(self, label: str, echo: str) -> str:
        name = self.weaver.fresh(self.part.root, "end")
        text = echo or ("" if label == ONWARD else label)
        return self.weaver.later(_Part(name, self.part.root, [Line(text)] if text else []))

    def divide(self, item: Options | Branch, place: int) -> None:
        """Goes on by what the reader chooses, or by what holds."""
        after = self.joining(place + 1)
        if isinstance(item, Options):
            self.offer(item.options, after)
        else:
            for condition, body in item.cases:
                self.link(ONWARD, self.branch(body, after), condition)

    def offer(self, options: list[Option], after: str | None) -> None:
        ways: list[Way] = []
        for option in options:
            waiting = len(self.weaver.waiting)
            target, effects = self.destination(option, after)
            fresh = len(self.weaver.waiting) > waiting and not option.label
            holds = option.condition
            if option.fallback:
                try:
                    holds = nothing_else(holds, ways)
                except NotUnderstood:
                    self.kept.append(option.fallback)
                    self.fallbacks.append(option.fallback)
            else:
                ways.append(Way(holds, target, fresh))
            self.link(option.text or ONWARD, target, holds, effects)
            self.kept.extend(option.odd)

    def branch(self, body: list[Item], after: str | None) -> str:
        match body:
            case []:
                return after or self.ending(ONWARD, "")
            case [Jump(target, None)]:
                return target or self.ending(ONWARD, "")
        name = self.weaver.fresh(self.part.root, "b")
        return self.weaver.later(_Part(name, self.part.root, body, 0, after))

    def joining(self, place: int) -> str | None:
        """Where the ways out of a group of options meet again."""
        items = self.part.items
        while place < len(items) and items[place] == Gather():
            place += 1
        if place == len(items):
            return self.part.after
        match items[place]:
            case Gather(str() as label):
                return self.rest(label, place + 1)
            case Jump(str() as target, None):
                self.leave(place + 1)
                return target
        return self.rest(self.weaver.fresh(self.part.root, "g"), place)

    def destination(self, option: Option, after: str | None) -> tuple[str, tuple[Effect, ...]]:
        """The scene that an option leads to, and what it changes on the way."""
        rest = [item for item in option.body if not isinstance(item, Change)]
        effects = tuple(
            effect for item in option.body if isinstance(item, Change) for effect in item.effects
        )
        if not option.label and option.echo in {"", option.text}:
            match rest:
                case []:
                    return after or self.ending(option.text, option.echo), effects
                case [Jump(target, None)]:
                    return target or self.ending(option.text, option.echo), effects
        name = option.label or self.weaver.fresh(self.part.root, "c")
        echo: list[Item] = [Line(option.echo)] if option.echo and option.echo != option.text else []
        return self.weaver.later(_Part(name, self.part.root, echo + option.body, 0, after)), ()

    def passage(self) -> Passage:
        root = self.part.first
        reached = {link.target for link in self.links}
        loose = (
            Link(ONWARD, target) for target in dict.fromkeys(self.targets) if target not in reached
        )
        return Passage(
            name=self.part.name,
            text="\n".join(self.lines).strip(),
            links=(*self.links, *loose),
            on_enter=tuple(self.effects),
            is_end=self.is_end,
            tags=root.tags if root else (),
            position=root.position if root else None,
            metadata={
                **(root.metadata if root else {}),
                **({"fallbacks": self.fallbacks} if self.fallbacks else {}),
            },
        )
