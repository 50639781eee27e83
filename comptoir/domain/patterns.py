"""Recurring hours on a wall clock, expanded date by date.

A pattern says "Tuesdays, 8:00 to 16:00 in Vancouver". It is local wall time and a zone, never a
UTC hour, so that both clock changes come out right; only the expansion of one date is in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from comptoir.domain import business_days
from comptoir.domain.periods import Period, subtract


@dataclass(frozen=True, slots=True)
class Weekly:
    """On `weekday` (Monday 0), from `starts` to `ends`, while `first <= date < until`.

    Every week, or one week in `every`: weeks begin on Monday and are counted from that of `first`.
    """

    weekday: int
    starts: time
    ends: time
    first: date
    until: date | None = None
    is_break: bool = False
    every: int = 1

    def holds_on(self, on: date) -> bool:
        """Whether the row speaks of this date."""
        return (
            on.weekday() == self.weekday
            and self.first <= on
            and (self.until is None or on < self.until)
            and self._weeks_to(on) % self.every == 0
        )

    def next_from(self, on: date) -> date | None:
        """The first date from `on` at which it holds; None once it holds no more."""
        start = max(on, self.first)
        found = start + timedelta(days=(self.weekday - start.weekday()) % 7)
        while self._weeks_to(found) % self.every:
            found += timedelta(weeks=1)
        return found if self.until is None or found < self.until else None

    def _weeks_to(self, on: date) -> int:
        return (business_days.monday_of(on) - business_days.monday_of(self.first)).days // 7


@dataclass(frozen=True, slots=True)
class OneOff:
    """Instead of the weekly rows on this date: these times, or none at all."""

    on: date
    starts: time | None = None
    ends: time | None = None


def wall_period(on: date, starts: time, ends: time, zone: ZoneInfo) -> Period | None:
    """The period between two wall-clock times of one date, in UTC; None if a clock change ate it.

    A time that does not exist (spring) is read with the offset before the change; one that exists
    twice (autumn) is its first occurrence, as `fold=0` says.
    """
    start = datetime.combine(on, starts, zone).astimezone(UTC)
    end = datetime.combine(on, ends, zone).astimezone(UTC)
    return Period(start, end) if start < end else None


def expand(
    on: date, zone: ZoneInfo, weekly: Iterable[Weekly], exceptions: Iterable[OneOff] = ()
) -> list[Period]:
    """The periods worked on `on`, in UTC, disjoint and in order.

    Exceptions of the date replace every weekly row of hours; breaks are taken out in any case.
    """
    rows = [row for row in weekly if row.holds_on(on)]
    special = [exception for exception in exceptions if exception.on == on]
    if special:
        times = [(e.starts, e.ends) for e in special if e.starts is not None and e.ends is not None]
    else:
        times = [(row.starts, row.ends) for row in rows if not row.is_break]
    breaks = [(row.starts, row.ends) for row in rows if row.is_break]
    return subtract(_periods(on, times, zone), _periods(on, breaks, zone))


def _periods(on: date, times: Iterable[tuple[time, time]], zone: ZoneInfo) -> list[Period]:
    found = (wall_period(on, starts, ends, zone) for starts, ends in times)
    return [period for period in found if period is not None]
