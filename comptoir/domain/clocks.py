"""When an answer is due: working time of a calendar, targets, pauses. Nothing counts; all is computed.

    due_at(received, target, calendar, pauses=())   the moment in UTC; None while an open pause stops it
    is_met(stopped, due)                            whether what was stopped then kept its promise
    business_day_of(received, calendar)             the day that counts as the day of receipt
    opens_next(at, calendar)                        `at` if it is worked, else the next opening
    working_minutes(a, b, calendar)                 whole minutes worked from a to b
    add_working(at, minutes, calendar)              so much later in working time; earlier if negative

**Days.** A receipt before closing time of a business day, even before opening, is that day's; after
closing, or on a closed day, it is the next business day's. Day one is the business day after, and
the answer is due at the end of working hours of the last day. (hocs-casework counts the same way.)
**Hours.** Working time from the receipt, and nothing else.
**Pauses** stop the clock: only working time that no pause covers counts, overlapping pauses count
once, and what is paused on the day of receipt is no part of a target in days. A day that is paused
for a part counts for the rest of it, so that such a due moment lies within the day. An open pause
that begins before the due moment leaves none: nobody is late while the asker is awaited. One that
begins later changes nothing, for the promise was already broken.

Working hours are wall-clock times of the calendar's zone, measured in real minutes: an hour that a
clock change repeats is worked twice. `due_at` answers in UTC. A holiday announced later makes another
version of the calendar: asked again with it, the same functions give the new due moment, and the
caller logs the old one beside it. The target stays the one in force at the receipt.

Every loop goes day by day, whatever the length of a target, and gives up with NeverOpens after
`LONGEST_CLOSURE` closed days in a row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from comptoir.domain.periods import Period, subtract

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
DAY_MINUTES = 24 * 60
LONGEST_CLOSURE = 1100
"""Closed days in a row, some three years, after which a calendar is taken to be closed for ever."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class BadHours(ValueError):
    """Seven weekdays, each with periods in order that do not overlap, within 0 to 1440 minutes."""


class BadTarget(ValueError):
    """A target is at least one day or hour."""


class BadPause(ValueError):
    """A pause does not end before it starts."""


class NaiveMoment(ValueError):
    """A moment without a zone is no moment."""


class NeverOpens(ArithmeticError):
    """The calendar has no working time within reach."""


class Unit(StrEnum):
    """What a target counts."""

    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Hours:
    """Working periods of each weekday, Monday first, as half-open pairs of local minutes of the day.

    `((480, 720), (780, 960))` is 8:00 to 12:00 and 13:00 to 16:00; `()` is a weekday off.
    """

    week: tuple[tuple[tuple[int, int], ...], ...]

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise BadHours(f"{len(self.week)} weekdays")
        for day in self.week:
            edges = [edge for period in day for edge in period]
            ordered = all(a < b for a, b in day) and edges == sorted(edges)
            if not ordered or (edges and not (edges[0] >= 0 and edges[-1] <= DAY_MINUTES)):
                raise BadHours(str(day))

    @classmethod
    def regular(cls, *periods: tuple[int, int], weekdays: Iterable[int] = range(5)) -> Hours:
        """The same periods on each of these weekdays, Monday (0) to Friday unless said otherwise."""
        worked = set(weekdays)
        return cls(tuple(periods if weekday in worked else () for weekday in range(7)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A version of the working hours and the closed days of one place."""

    version: int
    zone: ZoneInfo
    hours: Hours
    closed: frozenset[date] = frozenset()

    def worked_on(self, on: date) -> list[Period]:
        """The working periods of a date in UTC, disjoint and in order; empty when it is closed."""
        if on in self.closed or not self._exists(on):
            return []
        bounds = [(self._wall(on, a), self._wall(on, b)) for a, b in self.hours.week[on.weekday()]]
        return subtract([Period(start, end) for start, end in bounds if start < end], ())

    def day_of(self, at: datetime) -> date:
        """The local date of a moment."""
        return _utc(at).astimezone(self.zone).date()

    def _wall(self, on: date, minutes: int) -> datetime:
        """A wall-clock time in UTC: a repeated one is its first, a skipped one has the old offset."""
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 (wall clock, zone below)
        return (midnight + minutes * MINUTE).replace(tzinfo=self.zone).astimezone(UTC)

    def _exists(self, on: date) -> bool:
        """Whether the zone has this date: one that moves over the date line skips a whole day."""
        return self._wall(on, DAY_MINUTES // 2).astimezone(self.zone).date() == on


@dataclass(frozen=True, slots=True)
class Target:
    """So many business days or working hours."""

    unit: Unit
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise BadTarget(f"{self.amount} {self.unit}")


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from `start` up to and without `end`; it still stands when that is None."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and _utc(self.end) < _utc(self.start):
            raise BadPause(f"{self.start} to {self.end}")


def due_at(
    received: datetime, target: Target, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The moment up to which the answer is in time, in UTC; None while an open pause stops the clock.

    Never outside working hours (their end belongs to them here), never earlier for a later receipt
    or for one pause more. Raises NeverOpens.
    """
    in_days = target.unit is Unit.DAYS
    start = _end_of_receipt(received, calendar) if in_days else received
    stops = _stops(pauses)
    stands_from = min((stop.start for stop in stops if stop.end == FOR_EVER), default=FOR_EVER)
    left = Fraction(target.amount)
    for _on, worked in _open_days(calendar.day_of(start), calendar):
        unit = _length(worked) if in_days else HOUR
        running = subtract(_after(worked, start), stops)
        gained = _ratio(_length(running), unit)
        if gained >= left:
            return _into(running, math.ceil(left * (unit // MICROSECOND)) * MICROSECOND)
        if worked[-1].end >= stands_from:
            return None
        left -= gained
    raise NeverOpens(calendar.version)


def is_met(stopped: datetime, due: datetime | None) -> bool:
    """Whether a clock stopped then kept its promise; what stops while it is paused always did."""
    return due is None or _utc(stopped) <= _utc(due)


def business_day_of(received: datetime, calendar: Calendar) -> date:
    """The day that counts as the day of receipt: this one up to its closing time, else the next."""
    for on, worked in _open_days(calendar.day_of(received), calendar):
        if received < worked[-1].end:
            return on
    raise NeverOpens(calendar.version)


def opens_next(at: datetime, calendar: Calendar) -> datetime:
    """The first moment from `at` on that is worked, in UTC."""
    for _on, worked in _open_days(calendar.day_of(at), calendar):
        ahead = _after(worked, at)
        if ahead:
            return ahead[0].start
    raise NeverOpens(calendar.version)


def working_minutes(a: datetime, b: datetime, calendar: Calendar) -> int:
    """The whole minutes worked from `a` to `b`; 0 when `b` is not later."""
    a, b = _utc(a), _utc(b)
    on, last = calendar.day_of(a), calendar.day_of(b)
    days = (on + timedelta(days=n) for n in range((last - on).days + 1))
    worked = (period for day in days for period in calendar.worked_on(day))
    spent = (min(period.end, b) - max(period.start, a) for period in worked)
    return sum((part for part in spent if part > timedelta(0)), timedelta(0)) // MINUTE


def add_working(at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The moment, in UTC, that lies so many working minutes after `at`, or before it if negative.

    The nearest such moment: 60 minutes before Monday's opening is an hour before Friday's closing,
    and 60 after Friday's last hour began is that closing. With 0 it is `at` itself.
    """
    left = abs(minutes) * MINUTE
    if not left:
        return _utc(at)
    for _on, worked in _open_days(calendar.day_of(at), calendar, forward=minutes > 0):
        reachable = _after(worked, at) if minutes > 0 else _before(worked, at)
        length = _length(reachable)
        if length >= left:
            return _into(reachable, left if minutes > 0 else length - left, ends=minutes > 0)
        left -= length
    raise NeverOpens(calendar.version)


def _open_days(
    first: date, calendar: Calendar, *, forward: bool = True
) -> Iterator[tuple[date, list[Period]]]:
    """The business days from `first` on, or back, with what is worked; ends when none comes any more."""
    step, closed = (1 if forward else -1), 0
    ordinal = first.toordinal()
    # The first and the last day of the era have no neighbours to convert zones with.
    while closed <= LONGEST_CLOSURE and 1 < ordinal < date.max.toordinal() - 1:
        on = date.fromordinal(ordinal)
        worked = calendar.worked_on(on)
        closed = 0 if worked else closed + 1
        if worked:
            yield on, worked
        ordinal += step


def _utc(at: datetime) -> datetime:
    """In UTC, since two moments of one other zone are compared and subtracted by the wall clock."""
    if at.tzinfo is None:
        raise NaiveMoment(at.isoformat())
    return at.astimezone(UTC)


def _end_of_receipt(received: datetime, calendar: Calendar) -> datetime:
    return calendar.worked_on(business_day_of(received, calendar))[-1].end


def _stops(pauses: Iterable[Pause]) -> list[Period]:
    bounds = ((_utc(pause.start), _utc(pause.end or FOR_EVER)) for pause in pauses)
    return [Period(start, end) for start, end in bounds if start < end]


def _after(periods: Sequence[Period], at: datetime) -> list[Period]:
    start = _utc(at)
    return [Period(max(p.start, start), p.end) for p in periods if p.end > start]


def _before(periods: Sequence[Period], at: datetime) -> list[Period]:
    end = _utc(at)
    return [Period(p.start, min(p.end, end)) for p in periods if p.start < end]


def _length(periods: Iterable[Period]) -> timedelta:
    return sum((period.end - period.start for period in periods), timedelta(0))


def _ratio(part: timedelta, whole: timedelta) -> Fraction:
    return Fraction(part // MICROSECOND, whole // MICROSECOND)


def _into(periods: Iterable[Period], amount: timedelta, *, ends: bool = True) -> datetime:
    """The moment after `amount` of these periods; between two, the end of one or the start of the next."""
    for period in periods:
        length = period.end - period.start
        if amount < length or (ends and amount == length):
            return period.start + amount
        amount -= length
    raise ValueError("There is less than the amount.")
