"""What an office gave up late is charged until somebody takes it: a quarter hour at a time.

Only under a rule with nested classes (`domain.charges` has the rule and its laws). The days concerned are
locked by the caller, so that nobody takes and gives up the same quarter hour at once.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from comptoir.audit import actions as audit
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM
from comptoir.liaison.actions import counting, locking
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    PendingCharge,
    Side,
)
from comptoir.people.models import Office
from comptoir.ui import clock, statements


def leave_pending(*, event: AppointmentEvent, now: datetime) -> None:
    """The time that was given up with this event is charged until it is taken again.

    What has begun by now is lost at once, and what was given up in time is not charged at all.
    """
    if not event.late_quanta:
        return
    assert event.from_starts_at is not None, "time given up has a start"
    assert event.from_quanta is not None, "and a length"
    assert event.from_professional_id is not None, "and a professional"
    starts = [event.from_starts_at + number * QUANTUM for number in range(event.from_quanta)]
    # Taken in between under a version without classes, which refunds nothing: those stay charged.
    PendingCharge.objects.filter(
        professional_id=event.from_professional_id, starts_at__in=starts
    ).delete()
    PendingCharge.objects.bulk_create(
        PendingCharge(
            professional_id=event.from_professional_id,
            starts_at=starts_at,
            appointment_id=event.appointment_id,
        )
        for starts_at in starts
        if starts_at >= now
    )


_TAKE = """
DELETE FROM liaison_pendingcharge
 WHERE professional_id = %s AND starts_at >= %s AND starts_at < %s
RETURNING appointment_id
"""


def refund(*, taken: Appointment, now: datetime) -> None:
    """What others, or the office itself, had given up late of this time is charged no longer."""
    values = [taken.professional_id, taken.starts_at, taken.ends_at]
    refilled = Counter(appointment for (appointment,) in statements.rows(_TAKE, values))
    if not refilled:
        return
    on = clock.service_date(taken.starts_at)
    given_up = Appointment.objects.filter(pk__in=refilled).select_related("office").order_by("pk")
    for one in given_up:
        _count(one.office, on, refilled[one.pk])
        AppointmentEvent.objects.create(
            appointment=one,
            kind=Happening.REFILLED,
            at=now,
            side=Side.CENTRE,
            late_quanta=-refilled[one.pk],
            from_starts_at=taken.starts_at,
            from_quanta=refilled[one.pk],
            from_professional_id=taken.professional_id,
        )
        audit.record(
            action="appointment.refilled", subject=one, by=None, now=now, office_id=one.office_id
        )


def _count(office: Office, on: date, quanta: int) -> None:
    weeks = locking.lock_weeks(office, [on])
    weeks[monday_of(on)].late[on.weekday()] -= quanta
    counting.save(weeks)
