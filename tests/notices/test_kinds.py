"""The words a notice may say: nothing that could hold a case gets through."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notices import kinds
from tests.notices import letters

HOME = letters.HOME


def test_the_words_of_every_letter_are_allowed() -> None:
    for name in letters.LETTERS:
        _template, says = letters.said(name, "fr")

        assert kinds.checked(says) == says


@pytest.mark.parametrize(
    "word", ["constituent", "question", "uci", "legislator", "name", "telephone", "note", "body"]
)
def test_a_word_outside_the_vocabulary_is_not_said(word: str) -> None:
    with pytest.raises(kinds.NotSayable, match=word):
        kinds.checked(letters.facts(**{word: "x"}))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("reference", "Maria Santos, UCI 1234-5678"),
        ("reference", "K7QX\nBcc: everybody@example.test"),
        ("office_reference", "Bureau de M. Tremblay"),
        ("reason_label", "Her husband's spousal sponsorship was refused"),
        ("role_label", "anything typed"),
        ("place_label", "The riding of Maria Santos"),
        ("chamber_label", "Upstairs"),
        ("minutes", "45 minutes with Maria"),
        ("minutes", True),
        ("minutes", 11_223_344_556),
        ("starts_at", "tomorrow"),
        ("starts_at", letters.STARTS_AT.replace(tzinfo=None)),
        ("by_centre", "yes"),
        ("code", "12 34"),
        ("calendar", "BEGIN:VCALENDAR"),
        ("link", "https://elsewhere.example/en/"),
        ("link", f"{HOME}.elsewhere.example/"),
        ("link", f"{HOME}/en/?for=maria@example.test"),
        ("link", f"{HOME}/en/?for=Maria Santos"),
    ],
)
def test_a_word_that_could_hold_something_typed_is_not_said(word: str, value: Any) -> None:
    with pytest.raises(kinds.NotSayable, match=word):
        kinds.checked(letters.facts(**{word: value}))


def test_a_label_is_a_text_of_ours() -> None:
    assert kinds.checked({"reason_label": gettext_lazy("Cancelled")})


def test_nothing_to_say_may_be_said_of_any_word() -> None:
    assert kinds.checked(dict.fromkeys(kinds.VOCABULARY))


@given(st.sampled_from(sorted(kinds.VOCABULARY)), st.text(min_size=1))
def test_no_word_takes_a_sentence(word: str, typed: str) -> None:
    with pytest.raises(kinds.NotSayable):
        kinds.checked({word: f"{typed} is my client"})


def test_a_kind_that_no_room_registered_is_a_bug_and_named() -> None:
    with pytest.raises(kinds.UnknownKind, match=r"test\.nobody"):
        kinds.named("test.nobody")


def test_a_filter_over_the_ledger_offers_the_kinds_that_can_be_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = kinds.Kind("test.told", "x", context=lambda notice: None, label="Told")
    plain = kinds.Kind("test.plain", "x", context=lambda notice: None)
    secret = kinds.Kind("test.secret", "x")
    monkeypatch.setattr(kinds, "_kinds", {kind.name: kind for kind in (told, plain, secret)})

    assert kinds.choices() == [("test.plain", "test.plain"), ("test.told", "Told")]
