"""Do refusals tell a client all it needs?"""

from __future__ import annotations

from assets.errors import ALLOWED_FILES, AssetInUse, CorruptFile, FileTooLarge


def test_a_refusal_names_field_reason_and_what_is_allowed() -> None:
    refusal = CorruptFile("The file is damaged.", reason="TRUNCATED")

    assert refusal.message == f"The file is damaged. {ALLOWED_FILES}"
    assert (refusal.code, refusal.status, refusal.field) == ("CORRUPT_FILE", 400, "file")
    assert refusal.details == {"reason": "TRUNCATED", "allowed": ALLOWED_FILES}


def test_a_limit_is_told_as_a_number_too() -> None:
    refusal = FileTooLarge("Too large.", reason="BYTES", allowed="Allowed are 5 bytes.", limit=5)

    assert refusal.message == "Too large. Allowed are 5 bytes."
    assert refusal.details["limit"] == 5


def test_an_asset_in_use_says_where() -> None:
    places = [{"sceneId": "1", "field": "image"}, {"sceneId": "2", "field": "sound"}]

    assert AssetInUse(places).details == {"usedIn": places}
    assert AssetInUse(places).message.startswith("This asset is used in 2 places.")
    assert AssetInUse(places[:1]).message.startswith("This asset is used in 1 place.")
