"""Scripts from templates: in each language, by purpose and tone, the same for the same words."""

from __future__ import annotations

import pytest

from generation.engines.script import OTHER, PHRASES, make_script
from projects.videos.choices import LANGUAGES, SCRIPT_STYLES, USE_CASES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_script_says_what_the_project_is_about(language: str, use_case: str) -> None:
    text, details = make_script(
        "The {sea}", "It is wide. Boats go out; they come home!", use_case=use_case, style=None,
        language=language, seed=1,
    )  # fmt: skip

    assert text.count("The (sea)") >= 1
    assert all(point in text for point in ("It is wide", "Boats go out", "they come home"))
    assert "{" not in text
    assert details == {"standIn": True, "language": language}


def test_the_same_words_give_the_same_script() -> None:
    def script(seed: int, style: str | None = None) -> str:
        return make_script(
            "Sea", "One. Two.", use_case="tutorial", style=style, language="en", seed=seed
        )[0]

    assert script(1) == script(1)
    assert len({script(seed) for seed in range(8)}) > 1
    assert len({script(1, style) for style in SCRIPT_STYLES}) >= 4
    assert all(
        OTHER in phrases.opening and OTHER in phrases.closing for phrases in PHRASES.values()
    )
