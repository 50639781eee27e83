"""What an office still has coming, which only a room upstairs can count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from comptoir.people.models import Office

Count = Callable[[Office, datetime], int]

_counts: list[Count] = []


def register(count: Count) -> None:
    """Name who counts the coming appointments of an office."""
    _counts[:] = [count]


def coming(office: Office, now: datetime) -> int:
    """How many appointments the office has that have not begun: cancelled once it is not active."""
    return sum(count(office, now) for count in _counts)
