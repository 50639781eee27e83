"""What the centre takes away it gives back: a credit for an appointment that it cancelled.

The credit is added to what the office is allotted of the week, so that the time counts as allotted. It
is added to neither limit: the limits hold for everybody alike, and what was cancelled has come off
them already.
"""

from __future__ import annotations

from datetime import datetime

from comptoir.audit import actions as audit
from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Appointment, Credit, Reason
from comptoir.people.models import OfficeStatus
from comptoir.roster import queries as roster
from comptoir.ui import clock

WITHOUT_CREDIT = (Reason.OFFICE_ENDED, Reason.NOT_CONFIRMED)
"""What the centre cancels without owing anything: nobody would have come, or said that they would."""


def give(*, appointment: Appointment, reason: Reason, now: datetime) -> None:
    """Credit the office with the quanta of an appointment that the centre cancels, in its transaction.

    The credit is for the week of the next business day after the appointment (or after today, if it
    was cancelled later than that): its own week as long as there is a day left to use it.
    """
    if reason in WITHOUT_CREDIT or appointment.office.status != OfficeStatus.ACTIVE:
        return
    after = max(clock.service_date(appointment.starts_at), clock.service_date(now))
    credit = Credit.objects.create(
        office=appointment.office,
        week=monday_of(roster.horizon(after, 1)),
        quanta=appointment.quanta,
        appointment=appointment,
        at=now,
    )
    audit.record(
        action="office.credited",
        subject=appointment,
        by=None,
        now=now,
        office_id=appointment.office_id,
        detail={"week": credit.week.isoformat(), "quarter_hours": credit.quanta},
    )
