"""Confirm to keep: an office that is asked says that it will come, or its time goes to somebody else.

What is released costs the office nothing, and the centre owes it nothing for it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.actions import changing, locking
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import confirming, days
from comptoir.notices import actions as notices
from comptoir.notices.actions import Message
from comptoir.people.models import Person
from comptoir.ui import clock

logger = logging.getLogger(__name__)


class NothingToConfirm(Exception):
    """It was released, cancelled or moved since, or its time has come."""


@locking.patient
def confirm(*, appointment: Appointment, seen: int, by: Person, now: datetime) -> Appointment:
    """The office will come. Saying it twice says it once.

    Late is not too late as long as the time was not released. `seen` is the sequence of the
    appointment that was shown. Raises NothingToConfirm, locking.DayBusy.
    """
    with transaction.atomic():
        current = _locked(appointment)
        if current.status != Status.BOOKED or current.starts_at <= now or current.sequence != seen:
            raise NothingToConfirm
        if current.confirmed_at is not None:
            return current
        current.confirmed_at = now
        current.save(update_fields=["confirmed_at"])
        AppointmentEvent.objects.create(
            appointment=current, kind=Happening.CONFIRMED, at=now, by=by, side=Side.OFFICE
        )
        audit.record(
            action="appointment.confirmed",
            subject=current,
            by=by,
            now=now,
            office_id=current.office_id,
        )
    return current


@transaction.atomic
def ask(*, most: int, now: datetime) -> int:
    """Queue the notices that ask for what is to be confirmed soon, at most so many; how many."""
    rules = days.load_rules()
    asked = [
        Message(
            kind=kind,
            subject_id=appointment.pk,
            version=appointment.sequence,
            office_id=appointment.office_id,
            send_after=now,
            useless_after=confirming.deadline(appointment.starts_at, rules),
        )
        for appointment, kind in confirming.to_ask(now)[:most]
    ]
    notices.queue_all(asked, now=now)
    return len(asked)


def release_unconfirmed(*, most: int, now: datetime) -> int:
    """Free the time of what was not confirmed until its deadline, at most so many; how many were.

    Each is its own transaction; a day that is busy is left for the next run.
    """
    released = 0
    for appointment in confirming.to_release(now)[:most]:
        try:
            released += _release(appointment, now)
        except changing.NotChangeable:
            continue  # somebody else dealt with it
        except locking.DayBusy:
            logger.warning("A busy day: appointment %s waits for the next run", appointment.pk)
    return released


@locking.patient
def _release(appointment: Appointment, now: datetime) -> bool:
    """Cancel it unless the office confirmed or moved it since it was found."""
    with transaction.atomic():
        locking.lock_days([clock.service_date(appointment.starts_at)])
        current = _locked(appointment)
        if current.confirmed_at is not None:
            return False
        changing.cancel_appointment(
            appointment=appointment,
            side=Side.CENTRE,
            reason=Reason.NOT_CONFIRMED,
            by=None,
            now=now,
            seen=appointment.sequence,
        )
    return True


def _locked(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=appointment.pk)
