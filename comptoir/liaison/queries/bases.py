"""Whether a case may be spoken about at its appointment, judged again when it is about to be.

A consent that was good when it was booked may have expired since: the appointment was moved, or
the consent was entered wrongly. Senators' offices need a consent whatever was written down.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.domain import disclosure
from comptoir.domain.disclosure import Basis, Chamber, Fault
from comptoir.liaison.models import Appointment, CaseLine
from comptoir.ui import clock, times

SENTENCES = {
    Fault.NO_SIGNATURE: gettext_lazy("The consent has no date of signature."),
    Fault.NOT_FOR_SENATORS: gettext_lazy(
        "The provision for members of Parliament does not cover a senator’s office: "
        "the written consent of the person is needed."
    ),
    Fault.SIGNED_LATER: gettext_lazy("The consent is dated later than today."),
    Fault.EXPIRED: gettext_lazy("The consent ended before the appointment."),
    Fault.EXPIRES_BEFORE_SIGNED: gettext_lazy("The consent ends before the day it was signed."),
}


def faults(case_line: CaseLine, appointment: Appointment, today: date) -> list[Fault]:
    """Why the case's legal basis does not hold at the appointment; empty when it does."""
    return disclosure.faults(
        chamber=Chamber(appointment.office.chamber),
        basis=Basis(case_line.legal_basis),
        signed_on=case_line.consent_signed_on,
        expires_on=case_line.consent_expires_on,
        meeting_on=clock.service_date(appointment.starts_at),
        today=today,
    )


def sentence(fault: Fault, case_line: CaseLine) -> str:
    """What is wrong with the basis, in words."""
    if fault is Fault.EXPIRED and case_line.consent_expires_on is not None:
        return _("The consent ended on %(date)s, before the appointment.") % {
            "date": times.plain_date(case_line.consent_expires_on)
        }
    return str(SENTENCES[fault])
