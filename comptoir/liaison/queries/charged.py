"""What of an appointment's time still counts against its office as given up late or not attended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import Appointment, AppointmentEvent, Happening
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
    """What was charged in the last weeks and was not waived since, latest first."""
    return _charged_lately(now).exclude(Exists(_WAIVED_SINCE))


def waived(now: datetime) -> QuerySet[AppointmentEvent]:
    """What was charged in the last weeks and waived since, latest first."""
    return _charged_lately(now).filter(Exists(_WAIVED_SINCE))


_WAIVED_SINCE = AppointmentEvent.objects.filter(
    appointment=OuterRef("appointment"), kind=Happening.WAIVED, pk__gt=OuterRef("pk")
)


def _charged_lately(now: datetime) -> QuerySet[AppointmentEvent]:
    found = AppointmentEvent.objects.filter(late_quanta__gt=0, from_starts_at__gt=now - LISTED)
    related = found.select_related("appointment__office__district")
    return related.order_by("-from_starts_at", "-pk")


@dataclass(frozen=True, slots=True)
class Loss:
    """Time that was given up late or not attended, and how many quanta of it still count."""

    event: AppointmentEvent
    counts: int

    @property
    def minutes(self) -> int:
        """What was charged."""
        return self.event.late_quanta * QUANTUM_MINUTES

    @property
    def minutes_left(self) -> int:
        """What of it still counts."""
        return self.counts * QUANTUM_MINUTES


def with_counts(events: Sequence[AppointmentEvent]) -> list[Loss]:
    """Each of these losses with what of it still counts.

    What was refunded or waived bears the day of the loss. Of two losses of one appointment on one day
    the earlier one is taken off first: a waiver lifts all that was lost before it.
    """
    every = AppointmentEvent.objects.filter(appointment__in={e.appointment_id for e in events})
    rows = every.exclude(late_quanta=0).values_list(
        "pk", "appointment_id", "from_starts_at", "late_quanta"
    )
    left: dict[tuple[int, date], int] = defaultdict(int)
    latest_first = []
    for pk, appointment, starts_at, quanta in rows.order_by("-pk"):
        assert starts_at is not None, "what is charged or taken back had a time"
        key = (appointment, clock.service_date(starts_at))
        left[key] += quanta
        latest_first.append((pk, key, quanta))
    counts: dict[int, int] = {}
    for pk, key, quanta in latest_first:
        counts[pk] = max(0, min(quanta, left[key]))
        left[key] -= counts[pk]
    return [Loss(event, counts[event.pk]) for event in events]
