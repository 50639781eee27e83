"""Handing a matter on: to somebody who answers for it, with a due date, an acknowledgement and an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import restricting
from comptoir.enquiries.models import (
    RESTRICTED_KINDS,
    Breach,
    Enquiry,
    Referral,
    ReferralKind,
    ReferralOutcome,
)
from comptoir.enquiries.queries import referrals
from comptoir.people.models import Person


class CannotRefer(Exception):
    """Nothing was changed."""


class ReferredAlready(CannotRefer):
    """A referral of this kind is open: add a note to it instead."""


class ClosedAlready(CannotRefer):
    """It was closed meanwhile."""


class NotAcknowledged(CannotRefer):
    """Nobody has said that they have it."""


class NotTheOwner(CannotRefer):
    """Only who answers for it may say so."""


class NotABreach(CannotRefer):
    """Only a breach is determined and reported."""


class DeterminedAlready(CannotRefer):
    """Whether it is material was decided; what follows from it has begun."""


class NotMaterial(CannotRefer):
    """It was not found to be material: there is nothing to report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is known of a breach when it is reported (the fields of the directive's intake)."""

    happened_at: datetime | None
    discovered_at: datetime
    place: str
    data: str
    people_affected: int
    containment: str


@transaction.atomic
def refer(
    *,
    enquiry: Enquiry,
    kind: ReferralKind,
    unit: str,
    owner: Person,
    reason: str,
    by: Person,
    now: datetime,
    breach: Intake | None = None,
) -> Referral:
    """Hand it to `unit`, where `owner` answers for it; sensitive kinds are restricted to the two of them.

    A threat to life is due at once, the others as the target says. Raises ReferredAlready.
    """
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                enquiry=enquiry,
                kind=kind,
                unit=unit,
                owner=owner,
                reason=reason,
                referred_by=by,
                referred_at=now,
                due_at=referrals.due_at(kind, now),
            )
    except IntegrityError as error:  # one open of a kind, whoever else refers at this moment
        raise ReferredAlready from error
    if breach is not None:
        Breach.objects.create(
            referral=referral,
            happened_at=breach.happened_at,
            discovered_at=breach.discovered_at,
            place=breach.place,
            data=breach.data,
            people_affected=breach.people_affected,
            containment=breach.containment,
        )
    _note("referral.made", referral, by, now)
    if kind in RESTRICTED_KINDS:
        restricting.restrict(enquiry=enquiry, named=[owner, by], by=by, now=now)
    return referral


@transaction.atomic
def acknowledge(*, referral: Referral, by: Person, now: datetime) -> Referral:
    """The owner says that they have it. Raises ClosedAlready or NotTheOwner."""
    found = _open(referral)
    if found.owner_id != by.pk:
        raise NotTheOwner
    if found.acknowledged_at is None:
        found.acknowledged_at = now
        found.save(update_fields=["acknowledged_at"])
        _note("referral.acknowledged", found, by, now)
    return found


@transaction.atomic
def close(
    *, referral: Referral, outcome: ReferralOutcome, result: str, by: Person, now: datetime
) -> Referral:
    """End it with what became of it. Only what somebody has acknowledged is dealt with; who handed it on
    may take it back. Raises CannotRefer.
    """
    found = _open(referral)
    withdrawn = outcome == ReferralOutcome.WITHDRAWN
    if by.pk != (found.referred_by_id if withdrawn else found.owner_id):
        raise NotTheOwner
    if not withdrawn and found.acknowledged_at is None:
        raise NotAcknowledged
    found.closed_at, found.closed_by = now, by
    found.outcome, found.result = outcome, result
    found.save()
    _note("referral.closed", found, by, now, outcome=str(outcome))
    return found


@transaction.atomic
def determine(*, referral: Referral, is_material: bool, by: Person, now: datetime) -> Breach:
    """Decide whether a breach is material: if it is, seven days run from now. Decided once.

    Raises NotABreach or DeterminedAlready.
    """
    breach = _breach(referral)
    if breach.determined_at is not None:
        raise DeterminedAlready
    breach.is_material, breach.determined_at, breach.determined_by = is_material, now, by
    breach.save()
    if is_material:
        Referral.objects.filter(pk=referral.pk).update(due_at=now + referrals.REPORT_WITHIN)
    _note("breach.determined", referral, by, now, material=int(is_material))
    return breach


@transaction.atomic
def report(*, referral: Referral, to_commissioner: bool, by: Person, now: datetime) -> Breach:
    """Say that the Commissioner, or the Secretariat, was told. Raises NotABreach or NotMaterial."""
    breach = _breach(referral)
    if not breach.is_material:
        raise NotMaterial
    field = "commissioner_told_at" if to_commissioner else "secretariat_told_at"
    if getattr(breach, field) is None:
        setattr(breach, field, now)
        breach.save(update_fields=[field])
        _note("breach.reported", referral, by, now, to_commissioner=int(to_commissioner))
    return breach


def _open(referral: Referral) -> Referral:
    found = Referral.objects.select_for_update(of=("self",), no_key=True).get(pk=referral.pk)
    if found.closed_at is not None:
        raise ClosedAlready
    return found


def _breach(referral: Referral) -> Breach:
    found = Breach.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral)
    breach = found.first()
    if breach is None:
        raise NotABreach
    return breach


def _note(action: str, referral: Referral, by: Person, now: datetime, **detail: str | int) -> None:
    audit.record(
        action=action,
        subject=referral,
        by=by,
        now=now,
        office_id=referral.enquiry.office_id,
        detail={"kind": str(referral.kind), **detail},
    )
