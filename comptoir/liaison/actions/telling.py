"""Which notices a change to an appointment gives rise to; queued in the change's own transaction.

The version of every notice is the appointment's sequence. What it says, and whether it is still
true, is read when it is sent (`liaison.queries.messages`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment
from comptoir.notices import actions as notices
from comptoir.people.models import Person

BOOKED = "liaison.booked"
MOVED = "liaison.moved"
CANCELLED = "liaison.cancelled"
REMINDER_DAY = "liaison.reminder_day"
REMINDER_HOUR = "liaison.reminder_hour"

CATCH_UP = timedelta(hours=1)
"""A reminder this late says nothing useful."""


def booked(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Confirm a booking and plan its reminders."""
    _queue(appointment, BOOKED, to, now, send_after=now, useless_after=appointment.ends_at)
    _remind(appointment, to, now)


def moved(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Tell of the new time; reminders of the old one turn stale with its sequence."""
    _queue(appointment, MOVED, to, now, send_after=now, useless_after=appointment.ends_at)
    _remind(appointment, to, now)


def cancelled(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Take the appointment out of the reader's calendar."""
    _queue(appointment, CANCELLED, to, now, send_after=now, useless_after=now + timedelta(days=10))


def _remind(appointment: Appointment, to: Person, now: datetime) -> None:
    office = appointment.office
    plans = [
        (REMINDER_DAY, office.remind_day_before, timedelta(hours=24)),
        (REMINDER_HOUR, office.remind_hour_before, timedelta(hours=1)),
    ]
    for kind, wanted, before in plans:
        at = appointment.starts_at - before
        # What was booked later than its reminder was due needs no reminder.
        if wanted and at > now:
            useless = min(at + CATCH_UP, appointment.starts_at)
            _queue(appointment, kind, to, now, send_after=at, useless_after=useless)


def _queue(
    appointment: Appointment,
    kind: str,
    to: Person,
    now: datetime,
    *,
    send_after: datetime,
    useless_after: datetime,
) -> None:
    notices.queue(
        kind=kind,
        subject_id=appointment.pk,
        version=appointment.sequence,
        address=to.email,
        language=to.language,
        time_zone=to.time_zone,
        office_id=appointment.office_id,
        send_after=send_after,
        useless_after=useless_after,
        now=now,
    )
