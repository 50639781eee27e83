"""What an office has had to do with the centre about a case: each room upstairs tells its own.

Rooms do not know one another, so each names here who tells its dealings. Only when and how each
stands is told, never what was said, and an address only to who may open it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from comptoir.people.models import Office
from comptoir.people.permissions import Standing

MOST = 10
"""The newest so many are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The office and the case: numbers as they are kept, without hyphens; references that were named."""

    office: Office
    uci: frozenset[str] = frozenset()
    application_numbers: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    """One appointment, enquiry or the like; `due_on` while something is still to do."""

    what: str | Promise
    reference: str
    at: datetime
    stands: str | Promise
    due_on: date | None = None
    address: str = ""


Teller = Callable[[Standing, About, datetime], list[Dealing]]
_tellers: dict[str, Teller] = {}


def register(room: str, teller: Teller) -> None:
    """Name who tells the dealings of a room."""
    _tellers[room] = teller


def beyond(room: str, standing: Standing, about: About, now: datetime) -> list[Dealing]:
    """What all rooms but this one know, the newest first."""
    found = [
        dealing
        for name, teller in _tellers.items()
        if name != room
        for dealing in teller(standing, about, now)
    ]
    return sorted(found, key=lambda dealing: dealing.at, reverse=True)[:MOST]
