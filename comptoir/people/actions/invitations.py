"""Asking somebody to join, taking it back, and joining."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.notices import actions as notices
from comptoir.people.actions import grants
from comptoir.people.actions.last_days import LastDayOutOfRange, end_of
from comptoir.people.models import (
    OFFICE_ROLES,
    Grant,
    Invitation,
    Language,
    Office,
    OfficeStatus,
    Person,
    Role,
    person_named,
)

VALID_FOR = timedelta(days=14)
"""How long an invitation can be accepted. Ours, not a rule of the service."""


class CannotInvite(Exception):
    """The invitation cannot be sent."""


class AlreadyHasAccess(CannotInvite):
    """The person with this address holds the role already."""


class AlreadyInvited(CannotInvite):
    """An invitation to this address for this role is still open."""


class OfficeNotActive(CannotInvite):
    """Nobody is invited to an office that is suspended or closed."""


class CannotAccept(Exception):
    """The invitation can no longer be accepted."""


class InvitationClosed(CannotAccept):
    """It was accepted, withdrawn or is out of date, or its office is no longer active."""


def invite(
    *,
    email: str,
    name: str,
    language: Language,
    role: Role,
    office: Office | None = None,
    last_day: date | None = None,
    time_zone: str,
    by: Person | None,
    now: datetime,
) -> Invitation:
    """Ask an address to join, for good or up to a last day; the message is queued in the same
    transaction.

    Raises RoleNeedsOffice (of grants), LastDayOutOfRange (of last_days), OfficeNotActive,
    AlreadyHasAccess or AlreadyInvited.
    """
    email = email.lower()
    if (role in OFFICE_ROLES) != (office is not None):
        raise grants.RoleNeedsOffice
    ends_at = end_of(last_day, office, now)
    with transaction.atomic():
        if office is not None:
            # The office's row is the lock under which two managers cannot invite the same address.
            office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
            if office.status != OfficeStatus.ACTIVE:
                raise OfficeNotActive
        _refuse_if_known(email, role, office, now)
        invitation = Invitation.objects.create(
            email=email,
            name=name,
            language=language,
            role=role,
            office=office,
            invited_by=by,
            invited_at=now,
            expires_at=min(now + VALID_FOR, ends_at or now + VALID_FOR),
            last_day=last_day,
        )
        audit.record(
            action="people.invited",
            subject=invitation,
            by=by,
            now=now,
            office_id=invitation.office_id,
            detail={"role": role, **({"last_day": last_day.isoformat()} if last_day else {})},
        )
        _send(invitation, time_zone, now)
    return invitation


def _send(invitation: Invitation, time_zone: str, now: datetime) -> None:
    """Write to the address; to somebody we know in their own language and on their own clock.

    That they are known is not told to whoever invites: the invitation itself keeps what was chosen.
    """
    language = invitation.language
    known = Person.objects.filter(email__iexact=invitation.email).first()
    if known is not None:
        language, time_zone = known.language, known.time_zone
    notices.queue(
        kind="people.invitation",
        subject_id=invitation.pk,
        version=1,
        address=invitation.email,
        language=language,
        time_zone=time_zone,
        send_after=now,
        useless_after=invitation.expires_at,
        office_id=invitation.office_id,
        now=now,
    )


def _refuse_if_known(email: str, role: Role, office: Office | None, now: datetime) -> None:
    held = Grant.objects.in_force(now).filter(person__email__iexact=email, role=role, office=office)
    if held.exists():
        raise AlreadyHasAccess
    waiting = Invitation.objects.open(now).filter(email__iexact=email, role=role, office=office)
    if waiting.exists():
        raise AlreadyInvited


def withdraw(*, invitation: Invitation, by: Person | None, now: datetime) -> Invitation:
    """Take an open invitation back: its link opens nothing any more. Raises InvitationClosed."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=("self",), no_key=True).get(
            pk=invitation.pk
        )
        if not invitation.is_open(now):
            raise InvitationClosed
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        audit.record(
            action="people.invitation_withdrawn",
            subject=invitation,
            by=by,
            now=now,
            office_id=invitation.office_id,
        )
    return invitation


def accept(
    *,
    invitation: Invitation,
    name: str,
    language: Language,
    time_zone: str,
    now: datetime,
) -> Person:
    """Join: the person is found by the invited address or added, and receives the role.

    A person who exists already keeps their own name and preferences. Raises InvitationClosed.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",), no_key=True)
            .select_related("office", "invited_by")
            .get(pk=invitation.pk)
        )
        if not invitation.is_open(now):
            raise InvitationClosed
        person = _person_for(invitation, name, language, time_zone, now)
        try:
            grants.grant_role(
                person=person,
                role=Role(invitation.role),
                office=invitation.office,
                last_day=invitation.last_day,
                by=invitation.invited_by,
                now=now,
            )
        except (grants.OfficeNotActive, LastDayOutOfRange) as closed:
            raise InvitationClosed from closed
        except grants.AlreadyGranted:
            pass  # Given by hand while the invitation was on its way: they have what was promised.
        invitation.accepted_at = now
        invitation.accepted_by = person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        audit.record(
            action="people.invitation_accepted",
            subject=invitation,
            by=person,
            now=now,
            office_id=invitation.office_id,
        )
    return person


def _person_for(
    invitation: Invitation, name: str, language: Language, time_zone: str, now: datetime
) -> Person:
    known = (
        Person.objects.select_for_update(no_key=True).filter(email__iexact=invitation.email).first()
    )
    if known is not None:
        if not known.is_active:
            raise InvitationClosed
        return known
    person = person_named(
        email=invitation.email,
        name=name,
        language=language,
        time_zone=time_zone,
        created_at=now,
    )
    person.save()
    audit.record(action="people.person_added", subject=person, by=person, now=now)
    return person
