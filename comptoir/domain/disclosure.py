"""On which basis a person's matter may be spoken about with a legislator's office.

Privacy Act, s. 8(1): consent; s. 8(2)(g): *may* disclose to a member of Parliament to help the
person resolve a problem. Senators are not named there, so their offices need consent.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """The legal bases the liaison service knows."""

    CONSENT = "consent"
    MEMBER = "member"


class Chamber(StrEnum):
    """Which house the legislator sits in."""

    COMMONS = "commons"
    SENATE = "senate"


class Fault(StrEnum):
    """Why a basis does not hold."""

    NO_SIGNATURE = "no_signature"
    NOT_FOR_SENATORS = "not_for_senators"
    SIGNED_LATER = "signed_later"
    EXPIRED = "expired"
    EXPIRES_BEFORE_SIGNED = "expires_before_signed"


def bases_for(chamber: Chamber) -> tuple[Basis, ...]:
    """The bases that an office of this house may choose from."""
    return (Basis.CONSENT, Basis.MEMBER) if chamber is Chamber.COMMONS else (Basis.CONSENT,)


def consent_faults(
    *, signed_on: date, expires_on: date | None, meeting_on: date, today: date
) -> list[Fault]:
    """What is wrong with a written consent that must cover an appointment on `meeting_on`."""
    faults = []
    if signed_on > today:
        faults.append(Fault.SIGNED_LATER)
    if expires_on is not None and expires_on < signed_on:
        faults.append(Fault.EXPIRES_BEFORE_SIGNED)
    elif expires_on is not None and expires_on < meeting_on:
        faults.append(Fault.EXPIRED)
    return faults


def faults(
    *,
    chamber: Chamber,
    basis: Basis,
    signed_on: date | None,
    expires_on: date | None,
    meeting_on: date,
    today: date,
) -> list[Fault]:
    """Why this basis does not hold for an office of this house; empty when it does."""
    if basis not in bases_for(chamber):
        return [Fault.NOT_FOR_SENATORS]
    if basis is not Basis.CONSENT:
        return []
    if signed_on is None:
        return [Fault.NO_SIGNATURE]
    return consent_faults(
        signed_on=signed_on, expires_on=expires_on, meeting_on=meeting_on, today=today
    )
