"""Whether a case may be spoken about at its appointment, judged again when it is about to be.

A consent that was good when it was booked may have expired since: the appointment was moved, or
the consent was entered wrongly. Senators' offices need a consent whatever was written down.
"""

from __future__ import annotations

from datetime import date

from comptoir.domain import disclosure
from comptoir.domain.disclosure import Basis, Chamber, Fault
from comptoir.liaison.models import Appointment, CaseLine
from comptoir.ui import clock


def faults(case_line: CaseLine, appointment: Appointment, today: date) -> list[Fault]:
    """Why the case's legal basis does not hold at the appointment; empty when it does."""
    basis = Basis(case_line.legal_basis)
    if basis not in disclosure.bases_for(Chamber(appointment.office.chamber)):
        return [Fault.NOT_FOR_SENATORS]
    if basis is Basis.MEMBER or case_line.consent_signed_on is None:
        return []
    return disclosure.consent_faults(
        signed_on=case_line.consent_signed_on,
        expires_on=case_line.consent_expires_on,
        meeting_on=clock.service_date(appointment.starts_at),
        today=today,
    )
