"""What do the words of a prompt ask for? A light, things to see, a mood to hear: found by plain word lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of a time and weather: sky above, sky at the horizon, what stands against it."""

    top: Colour
    horizon: Colour
    dark: Colour


LIGHTS: Mapping[str, Light] = {
    "night": Light((10, 14, 38), (52, 66, 110), (6, 8, 20)),
    "dusk": Light((50, 38, 88), (232, 128, 92), (24, 16, 36)),
    "dawn": Light((96, 120, 180), (255, 206, 150), (40, 34, 60)),
    "storm": Light((22, 28, 42), (92, 104, 122), (12, 14, 22)),
    "snow": Light((150, 172, 200), (232, 238, 246), (70, 84, 110)),
    "fire": Light((48, 10, 14), (240, 120, 40), (22, 6, 8)),
    "desert": Light((112, 160, 206), (246, 210, 150), (120, 70, 36)),
    "forest": Light((64, 108, 110), (186, 208, 150), (18, 42, 34)),
    "sea": Light((54, 110, 168), (176, 214, 226), (14, 38, 66)),
    "space": Light((4, 4, 16), (36, 20, 64), (2, 2, 8)),
    "magic": Light((58, 26, 96), (206, 122, 196), (22, 10, 40)),
    "day": Light((92, 150, 214), (214, 228, 236), (44, 62, 70)),
}

_LIGHT_WORDS: Mapping[str, str] = {
    "night": "night dark moon moonlit midnight star stars nuit noche nacht notte noite",
    "dusk": "dusk evening sunset twilight soir atardecer abend",
    "dawn": "dawn morning sunrise aube amanecer morgen alba",
    "storm": "storm stormy rain thunder tempest rainy orage tormenta sturm",
    "snow": "snow winter ice frozen glacier neige nieve schnee",
    "fire": "fire flame burning lava volcano hell dragon feu fuego feuer",
    "desert": "desert sand dune dunes sahara arid",
    "forest": "forest woods jungle trees tree woodland bois bosque wald",
    "sea": "sea ocean beach island coast ship mer mar meer",
    "space": "space planet galaxy cosmos asteroid starship orbit",
    "magic": "magic wizard witch fairy enchanted crystal portal mystical",
}
_THING_WORDS: Mapping[str, str] = {
    "mountains": "mountain mountains peak peaks hill hills cliff volcano alps montagne montaña berg",
    "trees": "forest woods jungle tree trees woodland park garden bois bosque wald",
    "sea": "sea ocean beach island coast lake river ship boat lighthouse harbour harbor mer mar meer",
    "city": "city town street skyline tower towers building buildings market ville ciudad stadt",
    "castle": "castle fortress palace king queen knight tower ruin kingdom château castillo burg",
    "cave": "cave cavern tunnel cellar dungeon mine crypt grotte cueva höhle",
    "house": "house cottage cabin inn tavern barn home hut maison casa haus",
    "lighthouse": "lighthouse beacon phare faro leuchtturm",
    "ship": "ship boat vessel sail pirate galleon bateau barco schiff",
    "person": "man woman girl boy hero heroine person knight king queen wizard witch child stranger "
    "guard traveler traveller figure homme femme hombre mujer mann frau",
    "birds": "bird birds gull gulls raven crow eagle oiseau pájaro vogel",
    "moon": "moon moonlit moonlight lune luna mond",
    "stars": "star stars night space galaxy cosmos nuit noche nacht",
    "rain": "rain storm stormy rainy thunder pluie lluvia regen",
    "snow": "snow snowy winter blizzard neige nieve schnee",
}
MUSIC_WORDS: Mapping[str, str] = {
    "cinematic": "cinematic epic battle dramatic heroic war storm tense dark danger dragon final",
    "upbeat": "upbeat happy cheerful fast dance party fun joyful bright playful market",
    "corporate": "corporate business clean modern tutorial technology explainer",
    "ambient": "ambient space calm night dream mystery mysterious underwater cave drone meditation",
    "soft": "soft gentle love sad quiet piano slow tender lullaby rain",
}
EFFECT_WORDS: Mapping[str, str] = {
    "wind": "wind breeze gale blizzard desert",
    "rain": "rain drizzle downpour shower",
    "storm": "storm thunder lightning tempest",
    "waves": "wave waves sea ocean beach water river stream",
    "fire": "fire flame campfire burning crackle torch",
    "bell": "bell chime gong church clock tower",
    "clock": "clock tick ticking watch timer",
    "steps": "step steps footstep footsteps walking running march",
    "door": "door knock creak hinge gate open close",
    "explosion": "explosion bang boom blast cannon gun crash",
    "click": "click button press switch beep notification",
}


def words_of(prompt: str) -> list[str]:
    """The words of a prompt in lower case."""
    return re.findall(r"[^\W\d_]+", prompt.lower())


def light_of(prompt: str, fallback: int) -> str:
    """The light that the prompt speaks of; without one, a light by chance (`fallback`)."""
    found = first_of(prompt, _LIGHT_WORDS)
    return found or ("day", "dusk", "dawn", "forest", "sea", "magic")[fallback % 6]


def things_of(prompt: str) -> tuple[str, ...]:
    """The things that can be drawn of those that the prompt names."""
    words = set(words_of(prompt))
    return tuple(name for name, known in _THING_WORDS.items() if words & set(known.split()))


def first_of(prompt: str, lists: Mapping[str, str]) -> str | None:
    """The list that holds the earliest word of the prompt."""
    homes = {word: name for name, known in lists.items() for word in known.split()}
    return next((homes[word] for word in words_of(prompt) if word in homes), None)
