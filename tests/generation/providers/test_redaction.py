from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers.redaction import in_one_line, without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token hf_abcdefghijklmnop is wrong", "token [hidden] is wrong"),
        ("r8_0123456789abcdef", "[hidden]"),
        ("Incorrect key: sk-proj-abcdef0123456789.", "Incorrect key: [hidden]."),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[hidden]"),
        ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: [hidden]"),
        ("sent Bearer abcdefghijkl", "sent [hidden]"),
        ("Key 0123abcd-ef:0123456789", "[hidden]"),
        ('{"api_key": "value", "x": 1}', '{"api_key": "[hidden]", "x": 1}'),
        ("xi-api-key=abc&next=1", "xi-api-key=[hidden]&next=1"),
        ("the Key parameters and Token classification", "the Key parameters and Token classification"),
        ("password: hunter2", "password: [hidden]"),
        ("see https://x.org/a/b.png?X-Amz-Signature=abc&e=1 now", "see https://x.org/a/b.png?[hidden] now"),
        ("https://user:pass@x.org/a", "https://x.org/a"),
        ("https://user:pass@x.org/a?b=c", "https://x.org/a?[hidden]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "[hidden]"),
        ("a plain text without secrets: 42%", "a plain text without secrets: 42%"),
        ("the model fal-ai/flux/schnell is gone", "the model fal-ai/flux/schnell is gone"),
        ("https://platform.openai.com/account/api-keys", "https://platform.openai.com/account/api-keys"),
    ],
)  # fmt: skip
def test_what_looks_like_a_key_is_hidden(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


def test_known_secrets_are_hidden_the_longest_first() -> None:
    assert without_secrets("open sesame now, sesame", ["sesame", "open sesame"]) == (
        "[hidden] now, [hidden]"
    )


def test_a_secret_too_short_to_be_one_hides_nothing() -> None:
    assert without_secrets("a cat", ["a", "", "cat"]) == "a cat"


@given(
    st.text(alphabet="abcXYZ0189_-:.", min_size=4, max_size=40),
    st.text(max_size=80),
    st.text(max_size=80),
)
def test_a_known_secret_never_comes_through(secret: str, before: str, after: str) -> None:
    shown = without_secrets(f"{before} {secret} {after}", [secret])

    assert secret not in shown or secret in f"{before}[hidden]{after}"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        (" a\n b\tc\x00\x1b[31m ", 50, "a b c [31m"),
        ("right\u202eleft", 50, "right left"),
        ("one two three four", 12, "one two …"),
        ("abcdefghijklmnop", 10, "abcdefgh …"),
    ],
)
def test_one_line(text: str, limit: int, expected: str) -> None:
    assert in_one_line(text, limit) == expected


@given(st.text(max_size=400), st.integers(10, 100))
def test_a_line_is_never_too_long(text: str, limit: int) -> None:
    line = in_one_line(text, limit)

    assert len(line) <= limit
    assert not {"\n", "\r", "\x00"} & set(line)
