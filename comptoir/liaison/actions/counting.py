"""The counters of the sharing rule: kept under the day's lock, and recounted from the rows.

Only this module adds and subtracts. `recount` says what the counters must be; a difference is a
fault to report, never one to mend in silence.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max

from comptoir.audit import actions as audit
from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import (
    LIVE_STATUSES,
    Appointment,
    AppointmentEvent,
    OfficeWeek,
    PendingCharge,
)
from comptoir.people.models import Office
from comptoir.ui import clock, statements

logger = logging.getLogger(__name__)

Weeks = Mapping[date, OfficeWeek]


def add(weeks: Weeks, on: date, quanta: int) -> None:
    """Count `quanta` as booked on this day: a new claim, whatever became of an earlier one."""
    weeks[monday_of(on)].booked[on.weekday()] += quanta
    weeks[monday_of(on)].floor_gone[on.weekday()] = False


def give_up(weeks: Weeks, on: date, quanta: int, *, still_counted: int) -> None:
    """Take `quanta` out of what is booked; `still_counted` of them stay as given up late."""
    week = weeks[monday_of(on)]
    week.booked[on.weekday()] -= quanta
    week.late[on.weekday()] += still_counted


def keep_floor_claimed(weeks: Weeks, on: date) -> None:
    """Who had time and did not come has had its floor of the day, whether that time counts or not."""
    weeks[monday_of(on)].floor_gone[on.weekday()] = True


_SAVE = "UPDATE liaison_officeweek SET booked = %s, late = %s, floor_gone = %s WHERE id = %s"


def save(weeks: Weeks) -> None:
    """Write locked counters back."""
    for week in weeks.values():
        statements.write(_SAVE, [week.booked, week.late, week.floor_gone, week.pk])


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that does not say what the rows say."""

    office_id: int
    week: date
    counted: tuple[list[int], list[int]]
    recounted: tuple[list[int], list[int]]


def recount(mondays: Iterable[date]) -> list[Difference]:
    """Every difference between counters and rows in these weeks; empty when all is well."""
    wanted = set(mondays)
    if not wanted:
        return []
    between = _instants(wanted)
    zeros = ([0] * 7, [0] * 7)
    found: dict[tuple[int, date], tuple[list[int], list[int]]] = defaultdict(
        lambda: ([0] * 7, [0] * 7)
    )
    live = Appointment.objects.filter(status__in=LIVE_STATUSES, starts_at__range=between).only(
        "office_id", "starts_at", "ends_at"
    )
    for appointment in live.iterator():
        on = clock.service_date(appointment.starts_at)
        found[appointment.office_id, monday_of(on)][0][on.weekday()] += appointment.quanta
    # What a no-show had put on the counter and was taken back is an event with less than nought.
    counted = AppointmentEvent.objects.filter(from_starts_at__range=between).exclude(late_quanta=0)
    late = counted.values_list("appointment__office_id", "from_starts_at", "late_quanta")
    for office_id, starts_at, quanta in late.iterator():
        assert starts_at is not None, "the range leaves no null"
        on = clock.service_date(starts_at)
        found[office_id, monday_of(on)][1][on.weekday()] += quanta
    counters = {
        (week.office_id, week.week): (week.booked, week.late)
        for week in OfficeWeek.objects.filter(week__in=wanted)
    }
    return [
        Difference(office_id, week, counters.get((office_id, week), zeros), recounted)
        for office_id, week in sorted(counters.keys() | found.keys())
        if week in wanted
        and (recounted := found.get((office_id, week), zeros))
        != counters.get((office_id, week), zeros)
    ]


def adrift(mondays: Iterable[date]) -> list[Appointment]:
    """Appointments of these weeks that do not hold exactly the quarter hours their status says."""
    wanted = set(mondays)
    if not wanted:
        return []
    found = Appointment.objects.filter(starts_at__range=_instants(wanted))
    rows: Iterable[Any] = found.annotate(claimed=Count("claims")).iterator()
    return [
        row for row in rows if row.claimed != (row.quanta if row.status in LIVE_STATUSES else 0)
    ]


def overcharged(mondays: Iterable[date]) -> list[Appointment]:
    """Appointments of which more is pending on a day of these weeks than still counts as given up late."""
    wanted = set(mondays)
    if not wanted:
        return []
    pending = PendingCharge.objects.filter(starts_at__range=_instants(wanted))
    left: dict[tuple[int, date], int] = defaultdict(int)
    for appointment, starts_at in pending.values_list("appointment", "starts_at").iterator():
        left[appointment, clock.service_date(starts_at)] -= 1
    counted = AppointmentEvent.objects.filter(
        appointment__in=pending.values("appointment"), from_starts_at__isnull=False
    )
    late = counted.values_list("appointment", "from_starts_at", "late_quanta")
    for appointment, given_up, quanta in late.iterator():
        assert given_up is not None, "the filter leaves no null"
        left[appointment, clock.service_date(given_up)] += quanta
    over = {appointment for (appointment, _), quanta in left.items() if quanta < 0}
    return list(Appointment.objects.filter(pk__in=over).order_by("pk"))


def check(*, back: timedelta, now: datetime) -> tuple[list[Difference], list[Appointment]]:
    """Recount the weeks since `back` ago and put every difference on the trail; mend nothing.

    Everything is read as of one instant: a booking in between would look like a difference. So it is
    a transaction of its own, inside no other.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _check(back, now)


def _check(back: timedelta, now: datetime) -> tuple[list[Difference], list[Appointment]]:
    mondays = _weeks_since(monday_of(clock.service_date(now - back)))
    differences, lost = recount(mondays), adrift(mondays)
    offices = Office.objects.in_bulk({difference.office_id for difference in differences})
    for difference in differences:
        audit.record(
            action="counters.differ",
            subject=offices[difference.office_id],
            by=None,
            now=now,
            office_id=difference.office_id,
            detail={
                "week": difference.week.isoformat(),
                "counted": difference.counted,
                "recounted": difference.recounted,
            },
        )
    _put_on_the_trail("claims.differ", lost, now)
    over = overcharged(mondays)
    _put_on_the_trail("charges.differ", over, now)
    for appointment in over:
        logger.error("More of appointment %s is pending than still counts as late", appointment.pk)
    return differences, lost


def _put_on_the_trail(action: str, appointments: Iterable[Appointment], now: datetime) -> None:
    for appointment in appointments:
        audit.record(
            action=action, subject=appointment, by=None, now=now, office_id=appointment.office_id
        )


def _weeks_since(first: date) -> set[date]:
    """Every Monday from `first` on of which there is a counter or an appointment."""
    counted = OfficeWeek.objects.filter(week__gte=first).values_list("week", flat=True).distinct()
    last = Appointment.objects.aggregate(last=Max("starts_at"))["last"]
    weeks = (monday_of(clock.service_date(last)) - first).days // 7 if last is not None else 0
    return {first, *counted, *(first + timedelta(weeks=n) for n in range(1, weeks + 1))}


def _instants(mondays: set[date]) -> tuple[datetime, datetime]:
    """Between which instants the weeks lie, and a little more: what is outside them is left out later."""
    first = datetime.combine(min(mondays), time(), clock.service_zone())
    return first, datetime.combine(max(mondays) + timedelta(weeks=1), time(), clock.service_zone())
