"""Small worlds for the scorecard, written as plain values: hours, tenures, requests.

One day, `MONDAY`, has a grid from 8:00 to 18:00. What a test does not name is a half hour of office 1
with professional 1, booked the Friday before, and a rule with a floor of a quarter hour, a weekly
floor of an hour and two hours of notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from comptoir.domain import grid as grids
from comptoir.domain.grid import Grid
from comptoir.liaison.models import Happening, Side, Status
from comptoir.liaison.queries.scorecard.values import (
    Asked,
    Ended,
    Hours,
    Kept,
    Tenure,
    Terms,
    Use,
)
from tests.liaison.factories import OPENS, QUANTA, at

MONDAY = date(2026, 11, 16)
TUESDAY = MONDAY + timedelta(days=1)
FRIDAY_BEFORE = at(date(2026, 11, 13), 12)
TERMS = Terms(floor=1, weekly_floor=4, late_notice_minutes=120)


def grid(on: date = MONDAY) -> Grid:
    return Grid(at(on, OPENS.hour), QUANTA)


def between(first: int, last: int) -> int:
    """The mask of the hours from `first` to `last` of a day."""
    return grids.bits((first - OPENS.hour) * 4, (last - first) * 4)


def hours(
    first: int = 9,
    last: int = 17,
    *,
    on: date = MONDAY,
    professional: int = 1,
    languages: Iterable[str] = ("en", "fr"),
    kept: Iterable[Kept] = (),
) -> Hours:
    """What one professional offers."""
    return Hours(
        on, grid(on), professional, frozenset(languages), between(first, last), tuple(kept)
    )


def tenure(
    hour: int = 10,
    minute: int = 0,
    *,
    on: date = MONDAY,
    office: int = 1,
    professional: int = 1,
    quanta: int = 2,
    status: Status = Status.FINISHED,
    booked_at: datetime | None = FRIDAY_BEFORE,
    ended: Ended | None = None,
) -> Tenure:
    """One appointment at one place; held, unless it says otherwise."""
    return Tenure(office, professional, on, at(on, hour, minute), quanta, status, booked_at, ended)


def ended(
    notice: int,
    kind: Happening = Happening.CANCELLED,
    *,
    side: Side = Side.OFFICE,
    start: datetime | None = None,
) -> Ended:
    """How a tenure ended, so many minutes before `start` (10:00)."""
    start = start or at(MONDAY, 10)
    return Ended(kind, start - timedelta(minutes=notice), side, notice)


def cancelled(notice: int, hour: int = 10, *, side: Side = Side.OFFICE, **values: Any) -> Tenure:
    """An appointment given up, so many minutes before its start."""
    how = ended(notice, side=side, start=at(MONDAY, hour))
    return tenure(hour, status=Status.CANCELLED, ended=how, **values)


def missed(hour: int = 10, **values: Any) -> Tenure:
    """An appointment to which nobody came."""
    how = ended(0, Happening.NO_SHOW, start=at(MONDAY, hour))
    return tenure(hour, status=Status.NO_SHOW, ended=how, **values)


def asked(
    office: int = 1,
    on: date = MONDAY,
    *,
    last: date | None = None,
    when: datetime = FRIDAY_BEFORE,
    quanta: int = 2,
    language: str = "en",
    reason: str = "no_time",
    **values: Any,
) -> Asked:
    """A request that was refused."""
    return Asked(
        office, on, last or on, when, quanta, language, granted=False, reason=reason, **values
    )


def granted(
    office: int = 1, on: date = MONDAY, *, when: datetime = FRIDAY_BEFORE, quanta: int = 2
) -> Asked:
    """A request that was granted."""
    return Asked(office, on, on, when, quanta, "en", granted=True)


def use(
    on_offer: Sequence[Hours] = (),
    tenures: Sequence[Tenure] = (),
    requests: Sequence[Asked] = (),
    terms: Terms = TERMS,
) -> Use:
    """A week of the same terms."""
    days = (MONDAY + timedelta(days=n) for n in range(7))
    return Use(on_offer, tenures, requests, dict.fromkeys(days, terms))
