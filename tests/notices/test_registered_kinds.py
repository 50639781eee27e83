"""Every kind that any room has registered: its texts exist, in both languages, with nothing missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from comptoir.notices import kinds, rendering
from tests.notices import letters

EVERYTHING: dict[str, Any] = {
    **letters.facts(),
    **letters.MOVED,
    "reason_label": letters.bilingual("The centre is closed", "Fermeture du centre"),
    "role_label": letters.bilingual("Delegate", "Personne déléguée"),
    "expires_at": letters.STARTS_AT + timedelta(days=7),
    "office_reference": "papineau",
    "alternatives_link": f"{letters.HOME}/en/times/",
    "code": "ABC-DEF",
    "hours": 24,
    "days": 7,
    "by_centre": True,
}


def made(name: str, language: str) -> rendering.Letter:
    return rendering.rendered(
        kinds.named(name),
        EVERYTHING,
        address="reader@offices.example",
        language=language,
        time_zone="America/Toronto",
        message_id="<x@comptoir.invalid>",
        now=letters.SENT_AT,
    )


@pytest.mark.parametrize("name", kinds.names())
def test_a_registered_kind_speaks_both_languages(name: str) -> None:
    english, french = made(name, "en"), made(name, "fr")

    assert english.subject
    assert french.subject
    assert english.subject != french.subject
    assert english.body != french.body
    assert "client support" in english.body
    assert "soutien à la clientèle" in french.body


@pytest.mark.parametrize("name", kinds.names())
def test_a_registered_kind_leaves_no_sentence_unfinished(name: str) -> None:
    for language in ("en", "fr"):
        message = made(name, language)
        text = f"{message.subject}\n{message.body}"

        assert "None" not in text
        assert "{%" not in text
        assert "{{" not in text
        assert "  " not in text


def test_the_kinds_of_the_appointments_are_registered() -> None:
    assert {"liaison.booked", "liaison.moved", "liaison.cancelled"} <= set(kinds.names())
