"""The times an office is offered: exactly those at which `domain.admission.admit` would say yes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from comptoir.domain import admission, grid
from comptoir.domain.service_day import Day, Reason, Refused, Request
from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import days
from comptoir.people.models import Office, OfficeStatus
from comptoir.ui import clock


@dataclass(frozen=True, slots=True)
class Instead:
    """What an office can have at once of its own floor, shorter than it asked: from when, how long."""

    start: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class DayTimes:
    """One day's offer: the starts that fit, or why there are none, with the numbers behind it.

    Neither, where the only start is the one that the appointment to be moved has already. `instead` is
    the soonest start of the office's own floor, where the refusal offers it.
    """

    on: date
    starts: tuple[datetime, ...]
    refused: Refused | None
    instead: Instead | None = None


def find_times(
    *,
    office: Office,
    minutes: int,
    language: str,
    now: datetime,
    rules: days.Rules | None = None,
    excluding: Appointment | None = None,
    still_counted: int = 0,
) -> list[DayTimes]:
    """Every day up to the horizon with its true times for this office, soonest first.

    For a move, `excluding` is the appointment that would be given up, and `still_counted` the quanta
    of it that would stay on the office's counters because it is late; the time that it has already is
    not another one. Who has loaded the `rules` already passes them.
    """
    rules = (rules if rules is not None else days.load_rules()).of(office.pk)
    dates = days.bookable_dates(rules, now)
    if not dates:
        return []
    loaded = days.load_days(
        dates=dates,
        office=office,
        rules=rules,
        now=now,
        excluding=excluding,
        still_counted=still_counted,
        last_bookable=dates[-1],
        closed=(),  # all but today are business days, and of today nobody is told why nothing is on
    )
    request = Request(
        office=office.pk,
        quanta=minutes // grid.QUANTUM_MINUTES,
        language=language,
        office_active=office.status == OfficeStatus.ACTIVE,
    )
    own = excluding.starts_at if excluding is not None and excluding.minutes == minutes else None
    found = [_day_times(loaded[on].day, request, now, own) for on in dates]
    # Today is always asked about; on a day without hours, or when it is over, nobody needs to hear why.
    return found[1:] if _is_over(loaded[dates[0]].day, now) else found


def _is_over(day: Day, now: datetime) -> bool:
    """Whether nothing can begin any more on a day, taken or not, or never could."""
    offered = 0
    for hours in day.hours:
        offered |= hours.offered
    if day.rule is None or not offered:
        return not offered
    least = min(day.rule.lengths) + day.rule.least_notice_minutes
    ends_at = day.grid.starts_at + offered.bit_length() * grid.QUANTUM
    return now + timedelta(minutes=least) > ends_at


def _day_times(day: Day, request: Request, now: datetime, own: datetime | None) -> DayTimes:
    fits = admission.offers(day, request, now)
    if fits:
        starts = (day.grid.instant(i) for i in grid.indexes(fits))
        return DayTimes(day.on, tuple(start for start in starts if start != own), None)
    answer = admission.admit(day, request, now)
    refused = answer if isinstance(answer, Refused) else None
    return DayTimes(day.on, (), refused, _instead(day, request, refused, now))


def _instead(day: Day, request: Request, refused: Refused | None, now: datetime) -> Instead | None:
    """The soonest start of the floor that a refusal offers in place of what was asked."""
    floor = refused.counters.get("instead") if refused is not None else None
    if not floor:
        return None
    fits = admission.offers(day, replace(request, quanta=floor), now)
    start = next(grid.indexes(fits), None)
    if start is None:
        return None
    return Instead(day.grid.instant(start), floor * grid.QUANTUM_MINUTES)


def soonest(times: list[DayTimes], count: int) -> list[datetime]:
    """The first `count` times of all days."""
    return [start for day in times for start in day.starts][:count]


def soonest_instead(times: list[DayTimes]) -> Instead | None:
    """The soonest of what the office can have of its floors; None where no day offers any."""
    return next((day.instead for day in times if day.instead is not None), None)


def nearest_instead(
    *,
    office: Office,
    floor: int,
    language: str,
    wanted: datetime,
    rules: days.Rules,
    now: datetime,
) -> Instead | None:
    """Where on the day of the time wanted its own `floor`, in quanta, is granted, nearest to that time."""
    minutes = floor * grid.QUANTUM_MINUTES
    found = find_times(office=office, minutes=minutes, language=language, rules=rules, now=now)
    on = clock.service_date(wanted)
    closest = nearest([day for day in found if day.on == on], wanted, 1)
    return Instead(closest[0], minutes) if closest else None


def nearest(times: list[DayTimes], wanted: datetime, count: int) -> list[datetime]:
    """The `count` times closest to the one wanted, in order of time; the earlier one wins a tie."""
    every = [start for day in times for start in day.starts]
    closest = sorted(every, key=lambda start: (abs(start - wanted), start))[:count]
    return sorted(closest)


def beside_own(
    found: list[DayTimes],
    *,
    office: Office,
    minutes: int,
    now: datetime,
    excluding: Appointment | None = None,
) -> frozenset[datetime]:
    """The starts at which the office has another appointment during a part of that time.

    An office has several people, so this is allowed; who chooses should know it.
    """
    own = Appointment.objects.filter(office=office).upcoming(now)
    if excluding is not None:
        own = own.exclude(pk=excluding.pk)
    spans = list(own.values_list("starts_at", "ends_at"))
    length = timedelta(minutes=minutes)
    return frozenset(
        start
        for day in found
        for start in day.starts
        if any(first < start + length and start < last for first, last in spans)
    )


def main_refusal(times: list[DayTimes]) -> Refused | None:
    """Why nothing at all is offered; None when something is. The least final reason speaks."""
    refusals = [day.refused for day in times if day.refused is not None]
    if any(day.starts for day in times) or not refusals:
        return None
    order = [
        Reason.WEEK_LIMIT,
        Reason.DAY_LIMIT,
        Reason.HOLDS_TOO_MUCH,
        Reason.KEPT,
        Reason.WOULD_SPLIT,
        Reason.NO_TIME,
    ]
    return min(refusals, key=lambda r: order.index(r.reason) if r.reason in order else len(order))
