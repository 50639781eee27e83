"""What the centre owes an office in a week, because it cancelled an appointment of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Sum

from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import Appointment, Credit
from comptoir.people.models import Office
from comptoir.ui import clock

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Credited:
    """So many minutes more are allotted to an office in the week that begins on this Monday."""

    week: date
    minutes: int


def coming(office: Office, today: date) -> list[Credited]:
    """What was credited to the office for this week and later ones, by week."""
    found = Credit.objects.filter(office=office, week__gte=monday_of(today)).order_by("week")
    sums = found.values_list("week").annotate(quanta=Sum("quanta"))
    return [Credited(week, quanta * QUANTUM_MINUTES) for week, quanta in sums]


def left(office: Office, on: date) -> int:
    """What of the credit for the week of this day the office has not booked since it was given, in quanta."""
    monday = monday_of(on)
    credit = Credit.objects.filter(office=office, week=monday).aggregate(
        quanta=Sum("quanta"), first=Min("at")
    )
    if not credit["quanta"]:
        return 0
    zone = clock.service_zone()
    begins, ends = (datetime.combine(day, time(), zone) for day in (monday, monday + WEEK))
    since = Appointment.objects.live().filter(
        office=office, starts_at__gte=begins, starts_at__lt=ends, booked_at__gte=credit["first"]
    )
    booked = sum(appointment.quanta for appointment in since.only("starts_at", "ends_at"))
    return max(int(credit["quanta"]) - booked, 0)


def has_credit(office: Office, on: date) -> bool:
    """Whether the centre still owes the office time in the week of this day: it comes first then."""
    return left(office, on) > 0
