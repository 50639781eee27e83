"""What a mail is about, by plain rules over its words: its language, the identifiers it names. No case is decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from comptoir.domain import identifiers, language_words

READ = 20_000
"""Characters of a mail that are searched."""

MOST_CASES = 20
"""Cases of one mail that are told apart (ours); a mail about more is split by a person."""

_APPLICATION = re.compile(r"(?<![\w-])[A-Za-z][ -]?\d{9}(?![\w-])")
_UCI = re.compile(r"(?<![\w-])(?:\d{4}-\d{4}|\d{2}-\d{4}-\d{4})(?![\w-])")
_LETTERS = "[A-HJKMNP-TV-Z2-9]"
_APPOINTMENT = re.compile(rf"(?<![\w-]){_LETTERS}{{4}}-{_LETTERS}{{4}}(?![\w-])")


def language(subject: str, text: str) -> str | None:
    """The language that it is written in, if words say so."""
    return language_words.guess(f"{subject}\n{text}")


def application_numbers(subject: str, text: str) -> list[str]:
    """Every application number, once, in the one form they are kept in."""
    return list(dict.fromkeys(_applications(f"{subject}\n{text}"[:READ])))


def _applications(text: str) -> Iterator[str]:
    for found in _APPLICATION.findall(text):
        with suppress(identifiers.BadIdentifier):
            yield identifiers.parse_application_number(found)


def uci(subject: str, text: str) -> str:
    """The client's number if the mail names one and no second."""
    found = ucis(f"{subject}\n{text}")
    return found.pop() if len(found) == 1 else ""


def ucis(text: str) -> set[str]:
    """Every client's number that is written with its hyphens."""
    return {identifiers.parse_uci(each) for each in _UCI.findall(text[:READ])}


def appointment(subject: str, text: str) -> str:
    """What looks like the reference of an appointment: by its pattern only."""
    for found in _APPOINTMENT.findall(f"{subject}\n{text}"[:READ]):
        plain = found.replace("-", "")
        if not plain.isdigit():
            return str(found)
    return ""
