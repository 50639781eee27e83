"""Which notices a change to an appointment gives rise to; queued in the change's own transaction.

The version of every notice is the appointment's sequence. What it says, to whom, and whether it is
still true and wanted, is read when it is sent (`liaison.queries.messages`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment, Offer, WaitingEntry
from comptoir.liaison.queries import messages, waiting_messages
from comptoir.notices import actions as notices
from comptoir.notices.actions import Message

REMINDER_CATCH_UP = timedelta(minutes=30)
"""A reminder later than this says nothing useful."""

CANCELLATION_CATCH_UP = timedelta(days=10)
"""However late, a cancellation takes the appointment out of a calendar."""


IN_VAIN_CATCH_UP = timedelta(days=1)
"""After a day nobody plans with it any more."""


REMINDERS = (
    (messages.REMINDER_DAY, timedelta(hours=24)),
    (messages.REMINDER_HOUR, timedelta(hours=1)),
)
"""How long before an appointment each goes."""


def booked(appointment: Appointment, *, now: datetime) -> None:
    """Confirm a booking and plan its reminders."""
    told = _message(appointment, messages.BOOKED, now, appointment.ends_at)
    notices.queue_all([told, *reminders(appointment, now)], now=now)


def moved(appointment: Appointment, *, now: datetime) -> None:
    """Tell of the new time; reminders of the old one turn stale with its sequence."""
    told = _message(appointment, messages.MOVED, now, appointment.ends_at)
    notices.queue_all([told, *reminders(appointment, now)], now=now)


def reassigned(appointment: Appointment, *, now: datetime) -> None:
    """Tell that somebody else will take it at the same time, and plan its reminders anew."""
    told = _message(appointment, messages.REASSIGNED, now, appointment.ends_at)
    notices.queue_all([told, *reminders(appointment, now)], now=now)


def cancelled(appointment: Appointment, *, now: datetime) -> None:
    """Take the appointment out of its readers' calendars."""
    until = now + CANCELLATION_CATCH_UP
    notices.queue_all([_message(appointment, messages.CANCELLED, now, until)], now=now)


def offered(offer: Offer, *, now: datetime) -> None:
    """Say that time is kept for an office that waits; of no use once it is kept no longer."""
    told = Message(
        kind=waiting_messages.OFFERED,
        subject_id=offer.pk,
        version=0,
        office_id=offer.office_id,
        send_after=now,
        useless_after=offer.expires_at,
    )
    notices.queue_all([told], now=now)


def waited_in_vain(entry: WaitingEntry, *, now: datetime) -> None:
    """Say that an office waits no longer, and had nothing."""
    told = Message(
        kind=waiting_messages.IN_VAIN,
        subject_id=entry.pk,
        version=0,
        office_id=entry.office_id,
        send_after=now,
        useless_after=now + IN_VAIN_CATCH_UP,
    )
    notices.queue_all([told], now=now)


def reminders(appointment: Appointment, now: datetime) -> list[Message]:
    """Those still ahead, whether the office wants them or not: it may change its mind until then."""
    return [
        _message(appointment, kind, at, min(at + REMINDER_CATCH_UP, appointment.starts_at))
        for kind, before in REMINDERS
        if (at := appointment.starts_at - before) > now
    ]


def _message(
    appointment: Appointment, kind: str, send_after: datetime, useless_after: datetime
) -> Message:
    return Message(
        kind=kind,
        subject_id=appointment.pk,
        version=appointment.sequence,
        office_id=appointment.office_id,
        send_after=send_after,
        useless_after=useless_after,
    )
