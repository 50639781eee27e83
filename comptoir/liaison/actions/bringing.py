"""The cases that an office brings to an appointment, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from comptoir.domain import disclosure
from comptoir.liaison.models import Appointment, CaseLine, LegalBasis, Policy
from comptoir.people.models import Chamber, Office


class BadCases(Exception):
    """The cases cannot be brought: too many, none, or one without a legal basis that holds.

    `faults` are by position from 1; position 0 speaks of their number. Forms say it in words before
    it comes to this.
    """

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Case:
    """One case as the office brings it, checked by the form; `CaseLine` without its ids."""

    line_of_business: str
    question: str
    legal_basis: str
    uci: str = ""
    application_number: str = ""
    consent_signer: str = ""
    consent_signed_on: date | None = None
    consent_scope: str = ""
    consent_expires_on: date | None = None

    @classmethod
    def of(cls, line: CaseLine) -> Case:
        """The case that a row was made from."""
        return cls(**{field.name: getattr(line, field.name) for field in fields(cls)})

    def line(self, appointment: Appointment, position: int) -> CaseLine:
        """The row it becomes."""
        return CaseLine(
            appointment=appointment,
            position=position,
            uci=self.uci,
            application_number=self.application_number,
            line_of_business=self.line_of_business,
            question=self.question,
            legal_basis=self.legal_basis,
            consent_signer=self.consent_signer,
            consent_signed_on=self.consent_signed_on,
            consent_scope=self.consent_scope,
            consent_expires_on=self.consent_expires_on,
        )


def check(
    office: Office,
    cases: Sequence[Case],
    policy: Policy | None,
    *,
    meeting_on: date,
    today: date,
) -> None:
    """Raise BadCases unless the office may bring these cases to a meeting on that day."""
    faults: list[tuple[int, str]] = []
    if not 1 <= len(cases) <= (policy.most_case_lines if policy is not None else len(cases)):
        faults.append((0, "number"))
    for position, case in enumerate(cases, start=1):
        found = disclosure.faults(
            chamber=disclosure.Chamber(Chamber(office.chamber).value),
            basis=disclosure.Basis(LegalBasis(case.legal_basis).value),
            signed_on=case.consent_signed_on,
            expires_on=case.consent_expires_on,
            meeting_on=meeting_on,
            today=today,
        )
        faults += [(position, fault) for fault in found]
    if faults:
        raise BadCases(faults)
