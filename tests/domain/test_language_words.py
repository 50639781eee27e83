"""The language of a text by its words: counted, and left open when the count does not say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.language_words import ENGLISH, FRENCH, READ, guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my application?", "en"),
        ("Où en est ma demande?", "fr"),
        ("BONJOUR, MERCI DE VOTRE AIDE", "fr"),
        ("Bonjour, I have not had an answer. Thank you, merci.", "en"),
        ("C000111222", None),
        ("", None),
        ("hello bonjour", None),
    ],
)
def test_the_language_with_more_words_of_its_own_is_it(text: str, language: str | None) -> None:
    assert guess(text) == language


def test_no_word_counts_for_both() -> None:
    assert not ENGLISH & FRENCH


def test_what_comes_after_the_beginning_is_not_counted() -> None:
    assert guess("x " * READ + "bonjour merci") is None


@given(st.text())
def test_every_text_has_an_answer(text: str) -> None:
    assert guess(text) in ("en", "fr", None)


@given(st.lists(st.sampled_from(sorted(FRENCH)), min_size=1))
def test_a_text_of_french_words_is_french_in_any_case_and_order(words: list[str]) -> None:
    assert guess(" ".join(words)) == guess(" ".join(reversed(words)).upper()) == "fr"
