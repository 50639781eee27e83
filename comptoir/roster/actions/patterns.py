"""Weekly hours, and the dates on which they do not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q

from comptoir.audit import actions as audit
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.patterns import Weekly
from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.actions.publishing import Publication
from comptoir.roster.models import PatternException, PatternKind, Professional, WeeklyPattern
from comptoir.roster.queries import plans
from comptoir.ui import clock


class CannotSetHours(Exception):
    """The hours cannot be set."""


class InThePast(CannotSetHours):
    """Hours of days that are over are history; a change begins today at the earliest."""


class NotWholeQuarters(CannotSetHours):
    """Hours begin and end on a quarter hour."""


class EndsBeforeStart(CannotSetHours):
    """They end before they begin."""


class OutsideServiceDay(CannotSetHours):
    """On some date of the year they would lie outside the service day and not be on offer."""


class ClosedWeekday(CannotSetHours):
    """The centre does not work on Saturdays and Sundays."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One row of a week: hours or a break, every week or one week in `every`.

    `first` counts alternate weeks when they do not begin with the pattern itself; a row with
    `until` ends before that date.
    """

    weekday: int
    starts: time
    ends: time
    is_break: bool = False
    every: int = 1
    first: date | None = None
    until: date | None = None


@roster_change
def set_pattern(
    *,
    professional: Professional,
    rows: Collection[Row],
    valid_from: date,
    by: Person | None,
    now: datetime,
) -> Sequence[Publication]:
    """Give a professional these weekly hours from a date on; earlier weeks keep what they had.

    Writes nothing if those are the hours from that date on already. Raises CannotSetHours.
    """
    if valid_from < clock.service_date(now):
        raise InThePast
    for row in rows:
        check_times(professional.time_zone, row.starts, row.ends, valid_from)
        if row.weekday > 4:
            raise ClosedWeekday
    if not write_pattern(
        professional=professional, rows=rows, valid_from=valid_from, by=by, now=now
    ):
        return []
    return publishing.refresh(first=valid_from, last=None, by=by, now=now)


def write_pattern(
    *,
    professional: Professional,
    rows: Collection[Row],
    valid_from: date,
    by: Person | None,
    now: datetime,
) -> bool:
    """Write weekly hours that were checked, in a roster change that refreshes the days itself.

    Whether anything had to be written.
    """
    wanted = {_normal(_weekly(row, valid_from), valid_from) for row in rows} - {None}
    later = WeeklyPattern.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=valid_from), professional=professional
    )
    if {_normal(plans.as_weekly(row), valid_from) for row in later} - {None} == wanted:
        return False
    later.filter(valid_from__gte=valid_from).delete()
    later.filter(valid_from__lt=valid_from).update(valid_until=valid_from)
    _create(professional, filter(None, wanted))
    audit.record(
        action="roster.pattern_set",
        subject=professional,
        by=by,
        now=now,
        detail={"valid_from": valid_from.isoformat(), "rows": len(wanted)},
    )
    return True


@roster_change
def add_exception(
    *,
    professional: Professional,
    on: date,
    hours: Iterable[tuple[time, time]],
    reason: str = "",
    by: Person | None,
    now: datetime,
) -> Sequence[Publication]:
    """Replace the weekly hours of one date by these; by none, the professional is off that day.

    What was entered before for that date is replaced. Raises CannotSetHours.
    """
    if on < clock.service_date(now):
        raise InThePast
    hours = sorted(set(hours))
    for starts, ends in hours:
        check_times(professional.time_zone, starts, ends, on, only=on)
    if not write_exception(
        professional=professional, on=on, hours=hours, reason=reason, by=by, now=now
    ):
        return []
    return publishing.refresh(first=on, last=on, by=by, now=now)


def write_exception(
    *,
    professional: Professional,
    on: date,
    hours: Iterable[tuple[time, time]],
    reason: str,
    by: Person | None,
    now: datetime,
) -> bool:
    """Write the hours of one date that were checked, in a roster change that refreshes the days itself.

    Whether anything had to be written.
    """
    times: list[tuple[time | None, time | None]] = [*sorted(set(hours))] or [(None, None)]
    before = PatternException.objects.filter(professional=professional, on=on)
    if list(before.order_by("starts").values_list("starts", "ends")) == times:
        return False
    before.delete()
    PatternException.objects.bulk_create(
        PatternException(professional=professional, on=on, starts=s, ends=e, reason=reason)
        for s, e in times
    )
    _record_exception("roster.exception_added", professional, on, by, now)
    return True


@roster_change
def remove_exception(
    *, professional: Professional, on: date, by: Person | None, now: datetime
) -> Sequence[Publication]:
    """Let the weekly hours hold again on that date. Raises InThePast."""
    if on < clock.service_date(now):
        raise InThePast
    removed, _details = PatternException.objects.filter(professional=professional, on=on).delete()
    if not removed:
        return []
    _record_exception("roster.exception_removed", professional, on, by, now)
    return publishing.refresh(first=on, last=on, by=by, now=now)


def check_times(
    zone: str, starts: time, ends: time, first: date, *, only: date | None = None
) -> None:
    """Raise CannotSetHours for times that could not be offered in the year from `first`."""
    if any(t.minute % QUANTUM_MINUTES or t.second or t.microsecond for t in (starts, ends)):
        raise NotWholeQuarters
    if ends <= starts:
        raise EndsBeforeStart
    if not plans.within_service_days(zone, starts, ends, first, only=only):
        raise OutsideServiceDay


Values = tuple[int, time, time, bool, int, date, date | None]


def _normal(weekly: Weekly, valid_from: date) -> Values | None:
    """A row as it holds from `valid_from` on, the same however it is written; None if it does not.

    Alternate weeks are anchored at the first date on which they hold, so that none is shifted.
    """
    anchor = weekly.next_from(valid_from)
    if anchor is None:
        return None
    first = anchor if weekly.every > 1 else max(weekly.first, valid_from)
    return (
        weekly.weekday,
        weekly.starts,
        weekly.ends,
        weekly.is_break,
        weekly.every,
        first,
        weekly.until,
    )


def _weekly(row: Row, valid_from: date) -> Weekly:
    first = row.first or valid_from
    return Weekly(row.weekday, row.starts, row.ends, first, row.until, row.is_break, row.every)


def _create(professional: Professional, wanted: Iterable[Values]) -> None:
    WeeklyPattern.objects.bulk_create(
        WeeklyPattern(
            professional=professional,
            weekday=weekday,
            starts=starts,
            ends=ends,
            kind=PatternKind.BREAK if is_break else PatternKind.HOURS,
            every_weeks=every,
            valid_from=first,
            valid_until=until,
        )
        for weekday, starts, ends, is_break, every, first, until in sorted(wanted, key=str)
    )


def _record_exception(
    action: str, professional: Professional, on: date, by: Person | None, now: datetime
) -> None:
    audit.record(action=action, subject=professional, by=by, now=now, detail={"on": on.isoformat()})
