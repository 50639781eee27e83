"""What an office still has coming and a person still has to do, which only a room upstairs can count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from comptoir.people.models import Office, Person

Count = Callable[[Iterable[Office], datetime], int]
Duties = Callable[[Person], int]

_counts: list[Count] = []
_duties: list[Duties] = []


def register(count: Count) -> None:
    """Name who counts the coming appointments of offices."""
    _counts[:] = [count]


def coming(offices: Iterable[Office], now: datetime) -> int:
    """How many appointments these offices have that have not begun: cancelled once they are not active."""
    return sum(count(offices, now) for count in _counts)


def register_duties(count: Duties) -> None:
    """Name who counts what a person still has to do for offices."""
    _duties[:] = [count]


def duties(person: Person) -> int:
    """How many follow-ups the person still has to do: a colleague must take them once they leave."""
    return sum(count(person) for count in _duties)
