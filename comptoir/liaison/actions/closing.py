"""What follows from an office that is no longer active: nobody will come to what it had booked."""

from __future__ import annotations

import logging
from datetime import datetime

from comptoir.liaison.actions import changing, locking
from comptoir.liaison.models import Appointment, Reason, Side
from comptoir.people.models import OfficeStatus

logger = logging.getLogger(__name__)


def cancel_for_ended_offices(*, most: int, now: datetime) -> int:
    """Cancel up to `most` coming appointments of suspended and closed offices; how many were.

    It is the centre's doing, so nothing counts against an office that comes back. Each is its own
    transaction; a day that is busy is left for the next run.
    """
    coming = (
        Appointment.objects.upcoming(now)
        .filter(starts_at__gt=now)
        .exclude(office__status=OfficeStatus.ACTIVE)
        .order_by("starts_at", "pk")[:most]
    )
    cancelled = 0
    for appointment in coming:
        try:
            changing.cancel_appointment(
                appointment=appointment,
                side=Side.CENTRE,
                reason=Reason.OFFICE_ENDED,
                by=None,
                now=now,
            )
        except changing.NotChangeable:
            continue  # somebody else dealt with it
        except locking.DayBusy:
            logger.warning("A busy day: appointment %s waits for the next run", appointment.pk)
            continue
        cancelled += 1
    return cancelled
