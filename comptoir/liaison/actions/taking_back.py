"""Taking back what was recorded by mistake, on the day of the record: a start, or that nobody came.

Nothing is erased: another event says that it was taken back and by whom, and what a no-show had put
on the office's counters is taken off them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from comptoir.domain import grid
from comptoir.liaison.actions import booking, counting, locking, refunding
from comptoir.liaison.actions.serving import WrongState, happened, locked
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    OfficeWeek,
    Status,
)
from comptoir.liaison.queries import attendance, charged, days
from comptoir.people.models import Person
from comptoir.ui import clock


class CannotTakeBack(Exception):
    """It stays as it was recorded."""


class AnotherDay(CannotTakeBack):
    """It was recorded on an earlier day, which has been counted and reported."""


class OutcomeRecorded(CannotTakeBack):
    """An outcome is on record: the appointment has taken place."""


class TimeTaken(CannotTakeBack):
    """The time that the no-show freed is somebody else's, or the professional serves no more."""


@transaction.atomic
def take_back_start(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """As if it had not begun yet. Raises WrongState, AnotherDay, OutcomeRecorded."""
    current = locked(appointment, Status.STARTED)
    _recorded_today(current, Happening.STARTED, now)
    if current.case_lines.exclude(outcome="").exists():
        raise OutcomeRecorded
    current.status = Status.BOOKED
    current.started_at = None
    current.office_late_minutes = None
    current.save(update_fields=["status", "started_at", "office_late_minutes"])
    happened(appointment=current, kind=Happening.NOT_STARTED, by=by, now=now)
    return current


@locking.patient
def take_back_no_show(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """Somebody came after all: the time is claimed again and no longer counts as given up late.

    Raises WrongState, AnotherDay, TimeTaken (the record stays), locking.DayBusy.
    """
    with transaction.atomic():
        on = clock.service_date(appointment.starts_at)
        locking.lock_days([on])
        current = locked(appointment, Status.NO_SHOW)
        if clock.service_date(current.starts_at) != on:
            raise WrongState  # moved before it was missed: another day's counters are meant
        recorded = _recorded_today(current, Happening.NO_SHOW, now).late_quanta
        counted = min(recorded, charged.on(current, on))  # less where a team lead has waived it
        weeks = locking.lock_weeks(current.office, [on])
        loaded = _claim_again(current, on, weeks, now)
        counting.add(weeks, on, current.quanta)
        counting.give_up(weeks, on, 0, still_counted=-counted)
        counting.save(weeks)
        current.status = Status.BOOKED
        current.save(update_fields=["status"])
        happened(
            appointment=current, kind=Happening.NOT_MISSED, by=by, now=now, late_quanta=-counted
        )
        if loaded.has_pending:
            # Somebody had booked of it, and given it up late: it is used after all.
            refunding.refund(taken=current, now=now)
    return current


def _recorded_today(appointment: Appointment, kind: Happening, now: datetime) -> AppointmentEvent:
    found = attendance.recorded_today(appointment, kind, now)
    if found is None:
        raise AnotherDay
    return found


def _claim_again(
    appointment: Appointment, on: date, weeks: Mapping[date, OfficeWeek], now: datetime
) -> days.LoadedDay:
    """Take the same quarter hours again, unless they are booked, or kept for somebody who types; their day."""
    loaded = days.load_days(
        dates=[on],
        office=appointment.office,
        rules=days.load_rules(),
        now=now,
        weeks=weeks.values(),
    )[on]
    whose = (h for h in loaded.day.hours if h.professional == appointment.professional_id)
    hours = next(whose, None)
    if hours is None:
        raise TimeTaken
    start = loaded.day.grid.index(appointment.starts_at)
    if hours.taken & grid.bits(start, appointment.quanta):
        raise TimeTaken
    booking.claim(appointment, loaded, start)
    return loaded
