"""Excuses that somebody looked at: accepted, or struck and charged after all. Once, and for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.actions import counting, locking
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    ExcuseCheck,
    Happening,
    Side,
)
from comptoir.liaison.queries import days, excuses
from comptoir.people.models import Person
from comptoir.ui import clock


class CheckedAlready(Exception):
    """Somebody has looked at this excuse: what they found stands."""


class StillOpen(Exception):
    """The day of the lost time is not over: somebody may still take it."""


@locking.patient
def accept(*, event: AppointmentEvent, by: Person, now: datetime) -> ExcuseCheck:
    """The excuse is accepted, and nothing changes for the office.

    Raises CheckedAlready, locking.DayBusy.
    """
    with transaction.atomic():
        _lock(event)
        return _check(event, accepted=True, by=by, now=now)


@locking.patient
def strike(*, event: AppointmentEvent, reason: str, by: Person, now: datetime) -> ExcuseCheck:
    """The excuse is not accepted: what of the time nobody took counts as given up late after all.

    Once the day is over, so that what is charged is lost and not pending. The office reads the reason
    in the appointment's history. Raises CheckedAlready, StillOpen, locking.DayBusy.
    """
    assert event.from_starts_at is not None, "time given up has a start"
    on = clock.service_date(event.from_starts_at)
    if on >= clock.service_date(now):
        raise StillOpen
    with transaction.atomic():
        locking.lock_days([on])
        current = _lock(event)
        check = _check(event, accepted=False, by=by, now=now)
        rule = days.load_rules().on(on)
        refunds = rule is not None and rule.nesting is not None
        quanta = excuses.empty_quanta(event) if refunds else event.excused_quanta
        weeks = locking.lock_weeks(current.office, [on])
        counting.give_up(weeks, on, 0, still_counted=quanta)
        counting.save(weeks)
        AppointmentEvent.objects.create(
            appointment=current,
            kind=Happening.STRUCK,
            at=now,
            by=by,
            side=Side.CENTRE,
            note=reason,
            late_quanta=quanta,
            from_starts_at=event.from_starts_at,
            from_quanta=event.from_quanta,
            from_professional_id=event.from_professional_id,
        )
    return check


def _lock(event: AppointmentEvent) -> Appointment:
    rows = Appointment.objects.select_related("office")
    current = rows.select_for_update(of=("self",), no_key=True).get(pk=event.appointment_id)
    if ExcuseCheck.objects.filter(event=event).exists():
        raise CheckedAlready
    return current


def _check(event: AppointmentEvent, *, accepted: bool, by: Person, now: datetime) -> ExcuseCheck:
    audit.record(
        action="appointment.excuse_accepted" if accepted else "appointment.struck",
        subject=event.appointment,
        by=by,
        now=now,
        office_id=event.appointment.office_id,
        detail={"quarter_hours": event.excused_quanta},
    )
    return ExcuseCheck.objects.create(event=event, accepted=accepted, by=by, at=now)
