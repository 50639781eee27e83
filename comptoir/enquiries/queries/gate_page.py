"""What an enquiry's page says of its gates: open or closed and why, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise as LazyText

from comptoir.domain.gates import Closed, Open
from comptoir.enquiries.models import Authorization, Confirmation, Enquiry, GateOverride
from comptoir.enquiries.queries import gate_words, gates

SHOWN = 10
"""Of what was confirmed and of the authorizations: the latest."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Where the gates of one enquiry stand."""

    verdict: Open | Closed
    has_applicant: bool
    because: list[gate_words.Said]
    basis: str | LazyText
    confirmed: list[Confirmation]
    authorizations: list[Authorization]
    override: GateOverride | None
    may_be_applicant: bool = False

    @property
    def is_open(self) -> bool:
        """Whether what is about the case may be told now."""
        return isinstance(self.verdict, Open)


def shown(enquiry: Enquiry, now: datetime) -> Gates:
    """Six queries; two if nobody says whose case it is. One or two more if an office is named."""
    applicant = enquiry.applicant_key
    verdict = gates.verdict(enquiry, now)
    if not applicant:
        return Gates(verdict, False, [gate_words.NO_APPLICANT], "", [], [], None)
    confirmed = enquiry.confirmations.filter(applicant=applicant).select_related("by")
    own = Authorization.objects.of_case(enquiry, now)
    own = own.select_related("recorded_by", "withdrawn_by")
    asked = enquiry.overrides.filter(applicant=applicant)
    return Gates(
        verdict=verdict,
        has_applicant=True,
        because=gate_words.because(verdict.reasons) if isinstance(verdict, Closed) else [],
        basis=gate_words.basis(verdict) if isinstance(verdict, Open) else "",
        confirmed=list(confirmed.order_by("-at", "-pk")[:SHOWN]),
        authorizations=list(own.order_by("-recorded_at", "-pk")[:SHOWN]),
        override=asked.select_related("asked_by", "answered_by").order_by("-asked_at").first(),
        may_be_applicant=gates.may_be_applicant(enquiry, verdict),
    )
