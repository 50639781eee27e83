"""What of an appointment's time still counts against its office as given up late or not attended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from comptoir.liaison.models import Appointment, AppointmentEvent
from comptoir.ui import clock


@dataclass(frozen=True, slots=True)
class Charged:
    """So many quanta still count on a day; `starts_at` is the last time of it that was given up."""

    on: date
    starts_at: datetime
    quanta: int


def of(appointment: Appointment) -> list[Charged]:
    """By service day in order, since a late move leaves its charge on the day it left."""
    events = AppointmentEvent.objects.filter(appointment=appointment).exclude(late_quanta=0)
    sums: dict[date, int] = defaultdict(int)
    starts: dict[date, datetime] = {}
    for event in events.order_by("at", "pk"):
        assert event.from_starts_at is not None, "what is charged or taken back had a time"
        on = clock.service_date(event.from_starts_at)
        sums[on] += event.late_quanta
        starts[on] = event.from_starts_at
    return [Charged(on, starts[on], quanta) for on, quanta in sorted(sums.items()) if quanta > 0]


def on(appointment: Appointment, day: date) -> int:
    """What still counts on one day, in quanta."""
    return next((charged.quanta for charged in of(appointment) if charged.on == day), 0)


LISTED = timedelta(weeks=4)
"""How far back a team lead sees what is charged. A default of ours."""


def losses(now: datetime) -> QuerySet[AppointmentEvent]:
    """What was charged in the last weeks, latest first, with what of it still counts as `counts`.

    Refunds and waivers bear the day of the loss: what they leave is the sum over the appointment.
    """
    of_appointment = (
        AppointmentEvent.objects.filter(appointment=OuterRef("appointment"))
        .order_by()
        .values("appointment")
        .annotate(total=Sum("late_quanta"))
        .values("total")
    )
    found = AppointmentEvent.objects.filter(late_quanta__gt=0, from_starts_at__gt=now - LISTED)
    related = found.select_related("appointment__office__district")
    return related.annotate(counts=Subquery(of_appointment)).order_by("-from_starts_at", "-pk")
