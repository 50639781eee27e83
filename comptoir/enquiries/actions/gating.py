"""Opening the two gates: confirming who asks, recording what they may be told, and overriding by two."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.domain import gates as rule
from comptoir.enquiries.actions import turns
from comptoir.enquiries.models import (
    Authorization,
    Capacity,
    Confirmation,
    Enquiry,
    GateOverride,
    Means,
    Piece,
    acts_for_office,
    given,
)
from comptoir.enquiries.queries import gates
from comptoir.people.models import Person


class CannotOpen(Exception):
    """Nothing was recorded."""


class NoApplicant(CannotOpen):
    """The enquiry names no applicant: there is no record to confirm anything against."""


class NotGiven(CannotOpen):
    """The enquiry does not hold a piece, and it is not said how else it was given."""


class NotTheApplicant(CannotOpen):
    """The enquiry does not say that its asker is the applicant, or who asks is not confirmed."""


class NobodyToAuthorize(CannotOpen):
    """Whoever asked left no e-mail address: there is nobody to tell apart."""


class NeedsAnEnd(CannotOpen):
    """What a custodian or a relay operator may be told ends on a day."""


class EndsBeforeItStarts(CannotOpen):
    """The end lies before the start."""


class WithdrawnAlready(CannotOpen):
    """It was withdrawn before."""


class AskedAlready(CannotOpen):
    """A second person has been asked and has not answered."""


class AnsweredAlready(CannotOpen):
    """Somebody has answered."""


class OwnRequest(CannotOpen):
    """The second person is another than the first."""


def needs_an_end(capacity: Capacity) -> bool:
    """Whether an authorization in this capacity must say when it ends."""
    return rule.Kind(capacity) in rule.WITH_AN_END


@transaction.atomic
def confirm(
    *,
    enquiry: Enquiry,
    pieces: Collection[Piece],
    means: Means | None = None,
    by: Person,
    now: datetime,
) -> None:
    """Whoever asked gave these, and they agree with the applicant's record.

    `means` says how they gave what the enquiry does not hold. Raises NoApplicant or NotGiven.
    """
    applicant = _applicant(enquiry)
    otherwise = set(pieces) - given(enquiry)
    if otherwise and means is None:
        raise NotGiven
    Confirmation.objects.bulk_create(
        Confirmation(
            enquiry=enquiry,
            applicant=applicant,
            piece=piece,
            means=means if means and piece in otherwise else "",
            at=now,
            by=by,
        )
        for piece in sorted(pieces)
    )
    detail = {"fields": sorted(pieces)} | ({"means": str(means)} if otherwise else {})
    audit.record(action="gates.identity_confirmed", subject=enquiry, by=by, now=now, detail=detail)


@transaction.atomic
def authorize(
    *,
    enquiry: Enquiry,
    capacity: Capacity,
    applications: Collection[str],
    evidence: str,
    starts_at: datetime,
    ends_at: datetime | None,
    by: Person,
    now: datetime,
) -> Authorization:
    """Whoever asked may be told about this applicant, in this capacity. Holds for what they ask later, too.

    It is the office's if they act for the one that they named, else that of their address alone. Raises
    CannotOpen.
    """
    applicant = _applicant(enquiry)
    is_office = acts_for_office(enquiry, now)
    if not enquiry.asker_email:
        raise NobodyToAuthorize
    if ends_at is None and needs_an_end(capacity):
        raise NeedsAnEnd
    if ends_at is not None and ends_at <= starts_at:
        raise EndsBeforeItStarts
    authorization = Authorization.objects.create(
        asker_email="" if is_office else enquiry.asker_email,
        office=enquiry.office if is_office else None,
        applicant=applicant,
        applicant_name=enquiry.applicant_name,
        capacity=capacity,
        applications=sorted(applications),
        evidence=evidence,
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_by=by,
        recorded_at=now,
    )
    _note("gates.authorized", authorization, by, now)
    return authorization


@transaction.atomic
def authorize_applicant(*, enquiry: Enquiry, by: Person, now: datetime) -> Authorization | None:
    """The asker is the applicant: identity is confirmed, and they asked about themself.

    Recorded as any other, from now on and for all of their applications, on the evidence of this enquiry;
    None if the gates are open already. Raises NotTheApplicant and what `authorize` raises.
    """
    applicant = _applicant(enquiry)
    # Two at once would record it twice, and of two one would still hold after a withdrawal.
    turns.take([f"authorize:{enquiry.asker_email}:{applicant}"])
    verdict = gates.verdict(enquiry, now)
    if isinstance(verdict, rule.Open):
        return None
    if not gates.may_be_applicant(enquiry, verdict):
        raise NotTheApplicant
    return authorize(
        enquiry=enquiry,
        capacity=Capacity.SELF,
        applications=(),
        evidence=enquiry.reference,
        starts_at=now,
        ends_at=None,
        by=by,
        now=now,
    )


@transaction.atomic
def withdraw(*, authorization: Authorization, by: Person, now: datetime) -> Authorization:
    """From now on nothing is told on it. Raises WithdrawnAlready."""
    found = Authorization.objects.select_for_update(of=("self",), no_key=True).get(
        pk=authorization.pk
    )
    if found.withdrawn_at is not None:
        raise WithdrawnAlready
    found.withdrawn_at, found.withdrawn_by = now, by
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _note("gates.withdrawn", found, by, now)
    return found


@transaction.atomic
def ask_override(*, enquiry: Enquiry, reason: str, by: Person, now: datetime) -> GateOverride:
    """Ask a second person to open the gates of one enquiry. Raises NoApplicant or AskedAlready."""
    applicant = _applicant(enquiry)
    try:
        with transaction.atomic():
            asked = GateOverride.objects.create(
                enquiry=enquiry, applicant=applicant, reason=reason, asked_by=by, asked_at=now
            )
    except IntegrityError as error:  # one at a time, whoever else asks at this moment
        raise AskedAlready from error
    audit.record(action="gates.override_asked", subject=enquiry, by=by, now=now)
    return asked


@transaction.atomic
def answer_override(
    *, override: GateOverride, is_agreed: bool, by: Person, now: datetime
) -> GateOverride:
    """Agree or not, as the second person. Raises OwnRequest or AnsweredAlready."""
    found = (
        GateOverride.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enquiry")
        .get(pk=override.pk)
    )
    if found.answered_at is not None:
        raise AnsweredAlready
    if found.asked_by_id == by.pk:
        raise OwnRequest
    found.is_agreed, found.answered_at, found.answered_by = is_agreed, now, by
    found.save()
    action = "gates.override_agreed" if is_agreed else "gates.override_refused"
    audit.record(action=action, subject=found.enquiry, by=by, now=now)
    return found


def _applicant(enquiry: Enquiry) -> str:
    if not enquiry.applicant_key:
        raise NoApplicant
    return enquiry.applicant_key


def _note(action: str, authorization: Authorization, by: Person, now: datetime) -> None:
    audit.record(
        action=action,
        subject=authorization,
        by=by,
        now=now,
        office_id=authorization.office_id,
        detail={"basis": str(authorization.capacity)},
    )
