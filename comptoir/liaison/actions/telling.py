"""Which notices a change to an appointment gives rise to; queued in the change's own transaction.

The version of every notice is the appointment's sequence. What it says, and whether it is still
true, is read when it is sent (`liaison.queries.messages`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import messages
from comptoir.notices import actions as notices
from comptoir.notices.actions import Message
from comptoir.people.models import Person

REMINDER_CATCH_UP = timedelta(minutes=30)
"""A reminder later than this says nothing useful."""

CANCELLATION_CATCH_UP = timedelta(days=10)
"""However late, a cancellation takes the appointment out of a calendar."""


def booked(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Confirm a booking and plan its reminders."""
    told = _message(appointment, messages.BOOKED, to, now, appointment.ends_at)
    notices.queue_all([told, *_reminders(appointment, to, now)], now=now)


def moved(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Tell of the new time; reminders of the old one turn stale with its sequence."""
    told = _message(appointment, messages.MOVED, to, now, appointment.ends_at)
    notices.queue_all([told, *_reminders(appointment, to, now)], now=now)


def reassigned(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Tell that somebody else will take it at the same time, and plan its reminders anew."""
    told = _message(appointment, messages.REASSIGNED, to, now, appointment.ends_at)
    notices.queue_all([told, *_reminders(appointment, to, now)], now=now)


def cancelled(appointment: Appointment, *, to: Person, now: datetime) -> None:
    """Take the appointment out of the reader's calendar."""
    until = now + CANCELLATION_CATCH_UP
    notices.queue_all([_message(appointment, messages.CANCELLED, to, now, until)], now=now)


def _reminders(appointment: Appointment, to: Person, now: datetime) -> list[Message]:
    """Those the office wants and that are still ahead: what is booked later needs no reminder."""
    office = appointment.office
    plans = [
        (messages.REMINDER_DAY, office.remind_day_before, timedelta(hours=24)),
        (messages.REMINDER_HOUR, office.remind_hour_before, timedelta(hours=1)),
    ]
    return [
        _message(appointment, kind, to, at, min(at + REMINDER_CATCH_UP, appointment.starts_at))
        for kind, wanted, before in plans
        if wanted and (at := appointment.starts_at - before) > now
    ]


def _message(
    appointment: Appointment, kind: str, to: Person, send_after: datetime, useless_after: datetime
) -> Message:
    return Message(
        kind=kind,
        subject_id=appointment.pk,
        version=appointment.sequence,
        address=to.email,
        language=to.language,
        time_zone=to.time_zone,
        office_id=appointment.office_id,
        send_after=send_after,
        useless_after=useless_after,
    )
