"""Handing a matter on: to somebody who answers for it, with a due date, an acknowledgement and an outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import restricting, telling
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


class CannotAnswer(CannotRefer):
    """The person has no role in which they reach the pages of it."""


class ReferredAlready(CannotRefer):
    """A referral of this kind is open: add a note to it instead."""


class WithoutIntake(CannotRefer):
    """A breach is handed on with what is known of it, and nothing else is."""


class ClosedAlready(CannotRefer):
    """It was closed meanwhile."""


class NotAcknowledged(CannotRefer):
    """Nobody has said that they have it."""


class NotTheOwner(CannotRefer):
    """Only who answers for it may say so: its owner, and of a breach a privacy officer."""


class NotABreach(CannotRefer):
    """Only a breach is determined and reported."""


class DeterminedAlready(CannotRefer):
    """Whether it is material was decided; what follows from it has begun."""


class NotDetermined(CannotRefer):
    """Whether it is material is to be decided first."""


class NotMaterial(CannotRefer):
    """It was not found to be material: there is nothing to report."""


class NotComplete(CannotRefer):
    """A breach is dealt with once everything that its intake asks is on record; when it happened may
    stay unknown.
    """


class NotOpened(CannotRefer):
    """What is known of a breach is completed by who may read it now."""


class CompletedMeanwhile(CannotRefer):
    """More was written down since the page was shown from which this comes."""


class NotReported(CannotRefer):
    """A material breach ends once the Commissioner and the Secretariat were both told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is known of a breach (the fields of the directive's intake); the rest is completed later."""

    happened_at: datetime | None
    discovered_at: datetime
    place: str = ""
    data: str = ""
    people_affected: int | None = None
    containment: str = ""


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
    """Hand it to `unit`, where `owner` answers for it and is told so by a notice.

    Sensitive kinds are restricted to the two of them; of a breach also to the privacy officers. A threat
    to life is due at once, the others as the target says. Raises CannotRefer.
    """
    if (breach is not None) != (kind == ReferralKind.BREACH):
        raise WithoutIntake
    if not referrals.may_answer(now).filter(pk=owner.pk).exists():
        raise CannotAnswer
    referral = _made(
        enquiry=enquiry,
        kind=kind,
        unit=unit,
        owner=owner,
        reason=reason,
        referred_by=by,
        referred_at=now,
        due_at=referrals.due_at(kind, now),
    )
    if breach is not None:
        Breach.objects.create(referral=referral, **asdict(breach))
    _note("referral.made", referral, by, now)
    if kind in RESTRICTED_KINDS:
        officers = referrals.privacy_officers(now) if kind == ReferralKind.BREACH else []
        restricting.restrict(enquiry=enquiry, named=[owner, by, *officers], by=by, now=now)
    else:
        restricting.admit(enquiry=enquiry, person=owner, by=by, now=now)
    telling.referred(referral, now=now)
    return referral


def _made(**values: Any) -> Referral:
    try:
        with transaction.atomic():
            return Referral.objects.create(**values)
    except IntegrityError as error:  # one open of a kind, whoever else refers at this moment
        raise ReferredAlready from error


@transaction.atomic
def acknowledge(*, referral: Referral, by: Person, now: datetime) -> Referral:
    """Who answers for it says that they have it. Raises ClosedAlready or NotTheOwner."""
    found = _open(referral)
    _check_answers(found, by, now)
    if found.acknowledged_at is None:
        found.acknowledged_at = now
        found.save(update_fields=["acknowledged_at"])
        _note("referral.acknowledged", found, by, now)
    return found


@transaction.atomic
def close(
    *, referral: Referral, outcome: ReferralOutcome, result: str, by: Person, now: datetime
) -> Referral:
    """End it with what became of it. Only what somebody has acknowledged is dealt with or declined; who
    handed it on may take it back. A breach ends when what it asks for was done. Raises CannotRefer.
    """
    found = _open(referral)
    if outcome == ReferralOutcome.WITHDRAWN:
        if by.pk != found.referred_by_id:
            raise NotTheOwner
    else:
        _check_answers(found, by, now)
        if found.acknowledged_at is None:
            raise NotAcknowledged
    if found.kind == ReferralKind.BREACH:
        _check_breach(Breach.objects.get(referral=found), outcome)
    found.closed_at, found.closed_by = now, by
    found.outcome, found.result = outcome, result
    found.save()
    _note("referral.closed", found, by, now, outcome=str(outcome))
    return found


def _check_breach(breach: Breach, outcome: ReferralOutcome) -> None:
    """Before it is decided, a breach may be taken back or declined; after that, only seen to its end."""
    if breach.determined_at is None:
        if outcome == ReferralOutcome.DONE:
            raise NotDetermined
    elif outcome == ReferralOutcome.WITHDRAWN:
        raise DeterminedAlready
    elif referrals.unknown(breach):
        raise NotComplete
    elif breach.is_material and None in (
        breach.commissioner_told_at,
        breach.secretariat_told_at,
    ):
        raise NotReported


@transaction.atomic
def determine(*, referral: Referral, is_material: bool, by: Person, now: datetime) -> Referral:
    """Decide whether a breach is material: if it is, seven days run from now. Decided once.

    Raises CannotRefer.
    """
    found = _open(referral)
    breach = _breach(found)
    _check_answers(found, by, now)
    if breach.determined_at is not None:
        raise DeterminedAlready
    breach.is_material, breach.determined_at, breach.determined_by = is_material, now, by
    breach.save()
    if is_material:
        found.due_at = now + referrals.REPORT_WITHIN
        found.save(update_fields=["due_at"])
    _note("breach.determined", found, by, now, material=int(is_material))
    return found


@transaction.atomic
def complete(
    *, referral: Referral, intake: Intake, seen: str, by: Person, now: datetime
) -> Referral:
    """Write down what is known of a breach by now; what is left empty stays as it was. `seen` is the state
    (`queries.referrals.state`) that the person saw: another one is not written over. Raises CannotRefer.
    """
    found = _open(referral)
    breach = _breach(found)
    if not Enquiry.objects.opened_by(by, now).filter(pk=found.enquiry_id).exists():
        raise NotOpened
    known = asdict(intake).items()
    changed = {name for name, value in known if value and value != getattr(breach, name)}
    if changed and seen != referrals.state(breach):
        raise CompletedMeanwhile
    if changed:
        for name in changed:
            setattr(breach, name, getattr(intake, name))
        breach.save(update_fields=changed)
        _note("breach.completed", found, by, now, fields=sorted(changed))
    return found


@transaction.atomic
def report(*, referral: Referral, to_commissioner: bool, by: Person, now: datetime) -> Referral:
    """Say that the Commissioner, or the Secretariat, was told. Twice is once. Raises CannotRefer."""
    found = _open(referral)
    breach = _breach(found)
    _check_answers(found, by, now)
    if breach.determined_at is None:
        raise NotDetermined
    if not breach.is_material:
        raise NotMaterial
    field = "commissioner_told_at" if to_commissioner else "secretariat_told_at"
    if getattr(breach, field) is None:
        setattr(breach, field, now)
        breach.save(update_fields=[field])
        _note("breach.reported", found, by, now, to_commissioner=int(to_commissioner))
    return found


def _open(referral: Referral) -> Referral:
    """The row of an open referral, ours until the transaction ends, with what stands beside it."""
    rows = Referral.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("enquiry").get(pk=referral.pk)
    if found.closed_at is not None:
        raise ClosedAlready
    return found


def _breach(referral: Referral) -> Breach:
    breach = Breach.objects.filter(referral=referral).first()
    if breach is None:
        raise NotABreach
    return breach


def _check_answers(referral: Referral, by: Person, now: datetime) -> None:
    is_owner = referral.owner_id == by.pk
    is_breach = referral.kind == ReferralKind.BREACH
    if not is_owner and not (is_breach and by in referrals.privacy_officers(now)):
        raise NotTheOwner


def _note(
    action: str, referral: Referral, by: Person, now: datetime, **detail: str | int | list[str]
) -> None:
    audit.record(
        action=action,
        subject=referral,
        by=by,
        now=now,
        office_id=referral.enquiry.office_id,
        detail={"kind": str(referral.kind), **detail},
    )
