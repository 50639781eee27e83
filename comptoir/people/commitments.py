"""What an office still has coming and a person still has to do, which only a room upstairs can count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from comptoir.people.models import Office, Person

Count = Callable[[Office, datetime], int]
Duties = Callable[[Person], int]

_counts: list[Count] = []
_duties: list[Duties] = []


def register(count: Count) -> None:
    """Name who counts the coming appointments of an office."""
    _counts[:] = [count]


def coming(office: Office, now: datetime) -> int:
    """How many appointments the office has that have not begun: cancelled once it is not active."""
    return sum(count(office, now) for count in _counts)


def register_duties(count: Duties) -> None:
    """Name who counts what a person still has to do for offices."""
    _duties[:] = [count]


def duties(person: Person) -> int:
    """How many follow-ups the person still has to do: a colleague must take them once they leave."""
    return sum(count(person) for count in _duties)
