"""What anybody may type is cleaned of what cannot be seen, and never refused for it."""

from __future__ import annotations

import pytest

from comptoir.enquiries.forms.typed import OneLineField, TextField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("re\u202eversed\u202c, and on", "reversed, and on"),
        ("\u2066isolated\u2069", "isolated"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("nul\0l", "null"),
        ("نامه\u200cها", "نامه\u200cها"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_a_text_reads_as_it_was_written(typed: str, kept: str) -> None:
    assert TextField().clean(typed) == kept


def test_a_name_is_one_line_without_what_is_not_seen() -> None:
    assert OneLineField().clean(" Ana\u202e\n  María\u200b ") == "Ana María"
