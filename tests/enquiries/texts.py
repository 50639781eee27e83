"""Texts for tests: written by one person, approved by another."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import texting
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import TextKind, TextVersion
from comptoir.people.models import Person
from tests.enquiries.factories import NOW

WORDS = {
    "title_en": "Your address",
    "title_fr": "Votre adresse",
    "body_en": "Change it online. Your enquiry is {reference}.",
    "body_fr": "Changez-la en ligne. Votre demande porte le numéro {reference}.",
}


def written(by: Person, code: str = "change-of-address", **changes: Any) -> TextVersion:
    words = Wording(**{name: changes.pop(name, words) for name, words in WORDS.items()})
    return texting.start(
        code=code, kind=changes.pop("kind", TextKind.REPLY), words=words, by=by, now=NOW, **changes
    )


def in_use(
    by: Person, second: Person, code: str = "change-of-address", **changes: Any
) -> TextVersion:
    return texting.approve(version=written(by, code, **changes), by=second, now=NOW)
