"""The slow plain twin of `domain.clocks`: it walks minute by minute and reads the wall clock each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from comptoir.domain.clocks import Calendar, Pause, Target, Unit

MINUTE = timedelta(minutes=1)


def is_worked(at: datetime, calendar: Calendar) -> bool:
    """Whether the minute that starts then is worked, by what the wall clock shows."""
    local = at.astimezone(calendar.zone)
    shown = local.hour * 60 + local.minute
    periods = calendar.hours.week[local.weekday()]
    return local.date() not in calendar.closed and any(a <= shown < b for a, b in periods)


def is_paused(at: datetime, pauses: Sequence[Pause]) -> bool:
    return any(p.start <= at and (p.end is None or at < p.end) for p in pauses)


def minutes_from(at: datetime) -> Iterator[datetime]:
    at = at.astimezone(UTC)
    while True:
        yield at
        at += MINUTE


def minutes_worked(a: datetime, b: datetime, calendar: Calendar) -> int:
    count = 0
    for at in minutes_from(a):
        if at >= b:
            return count
        count += is_worked(at, calendar)
    raise AssertionError("Minutes never end.")


def length_of_day(on: date, calendar: Calendar) -> int:
    """How many minutes of a local date are worked, its repeated hour included."""
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=15)
    minutes = (start + n * MINUTE for n in range(54 * 60))
    return sum(
        is_worked(at, calendar) for at in minutes if at.astimezone(calendar.zone).date() == on
    )


def receipt_day(received: datetime, calendar: Calendar) -> date:
    """The date of the first worked minute from the receipt on."""
    first = next(at for at in minutes_from(received) if is_worked(at, calendar))
    return first.astimezone(calendar.zone).date()


def due(
    received: datetime, target: Target, calendar: Calendar, pauses: Sequence[Pause]
) -> datetime | None:
    """Every worked minute that is not paused takes its part of an hour or of its day off the target."""
    left = Fraction(target.amount)
    in_days = target.unit is Unit.DAYS
    received_on = receipt_day(received, calendar)
    lengths: dict[date, int] = {}
    for at in minutes_from(received):
        if any(p.end is None and p.start <= at for p in pauses):
            return None
        on = at.astimezone(calendar.zone).date()
        if not is_worked(at, calendar) or is_paused(at, pauses) or (in_days and on <= received_on):
            continue
        if in_days and on not in lengths:
            lengths[on] = length_of_day(on, calendar)
        part = Fraction(1, lengths[on] if in_days else 60)
        if part >= left:
            return at + MINUTE * float(left / part)
        left -= part
    raise AssertionError("Minutes never end.")
