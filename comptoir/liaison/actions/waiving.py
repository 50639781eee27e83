"""A team lead lifts what an appointment still costs its office, and says why.

The event takes the quanta off the counters again, as a refund does; what was pending of them goes, so
that nobody who takes the time later refunds it a second time.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.actions import counting, locking
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    PendingCharge,
    Side,
)
from comptoir.liaison.queries import charged
from comptoir.people.models import Person


class NothingCharged(Exception):
    """Nothing of this appointment counts any more: it was refilled, waived or never charged."""


@locking.patient
def waive(*, appointment: Appointment, reason: str, by: Person, now: datetime) -> int:
    """Take off the office's counters whatever of this appointment still counts; how many quanta.

    The office reads the reason in the appointment's history. Raises NothingCharged, locking.DayBusy.
    """
    with transaction.atomic():
        # A booking that refunds the same quarter hours holds their day: after it, the sums stand.
        published = locking.lock_days(one.on for one in charged.of(appointment))
        rows = Appointment.objects.select_related("office")
        current = rows.select_for_update(of=("self",), no_key=True).get(pk=appointment.pk)
        found = [one for one in charged.of(current) if one.on in published]
        if not found:
            raise NothingCharged
        weeks = locking.lock_weeks(current.office, [one.on for one in found])
        for one in found:
            counting.give_up(weeks, one.on, 0, still_counted=-one.quanta)
            AppointmentEvent.objects.create(
                appointment=current,
                kind=Happening.WAIVED,
                at=now,
                by=by,
                side=Side.CENTRE,
                note=reason,
                late_quanta=-one.quanta,
                from_starts_at=one.starts_at,
                from_quanta=one.quanta,
            )
        counting.save(weeks)
        PendingCharge.objects.filter(appointment=current).delete()
        total = sum(one.quanta for one in found)
        audit.record(
            action="appointment.waived",
            subject=current,
            by=by,
            now=now,
            office_id=current.office_id,
            detail={"quarter_hours": total},
        )
    return total
