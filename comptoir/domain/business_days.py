"""Business days: Monday to Friday, less the closed days that are passed in."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def is_business_day(on: date, closed: AbstractSet[date]) -> bool:
    """Whether the centre works on this date."""
    return on.weekday() < 5 and on not in closed


def add(on: date, count: int, closed: AbstractSet[date]) -> date:
    """The date `count` business days after `on`; `on` itself never counts (V7).

    With 0 it is `on` itself, whatever day that is.
    """
    while count > 0:
        on += ONE_DAY
        if is_business_day(on, closed):
            count -= 1
    return on


def between(first: date, last: date, closed: AbstractSet[date]) -> list[date]:
    """The business days from `first` to `last`, both included."""
    span = (last - first).days + 1
    days = (first + i * ONE_DAY for i in range(span))
    return [on for on in days if is_business_day(on, closed)]


def monday_of(on: date) -> date:
    """The Monday of the week that `on` belongs to."""
    return on - on.weekday() * ONE_DAY
