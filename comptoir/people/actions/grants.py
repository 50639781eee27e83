"""Giving and ending roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.actions import sessions
from comptoir.people.models import (
    OFFICE_ROLES,
    Grant,
    Office,
    OfficeStatus,
    Person,
    Role,
)


class CannotGrant(Exception):
    """The role cannot be given."""


class AlreadyGranted(CannotGrant):
    """The person holds this role already."""


class OfficeNotActive(CannotGrant):
    """Nobody joins an office that is suspended or closed."""


class RoleNeedsOffice(CannotGrant):
    """A delegate and a manager belong to an office; nobody else does."""


class CannotEnd(Exception):
    """The role cannot be ended."""


class AlreadyEnded(CannotEnd):
    """It has ended already."""


class LastOfItsKind(CannotEnd):
    """An office keeps a manager and the service an administrator."""


def grant_role(
    *,
    person: Person,
    role: Role,
    office: Office | None = None,
    by: Person | None,
    now: datetime,
) -> Grant:
    """Give a person a role from now on; `by=None` is the service itself.

    Raises RoleNeedsOffice, OfficeNotActive or AlreadyGranted.
    """
    if (role in OFFICE_ROLES) != (office is not None):
        raise RoleNeedsOffice
    with transaction.atomic():
        if office is not None:
            office = Office.objects.select_for_update().get(pk=office.pk)
            if office.status != OfficeStatus.ACTIVE:
                raise OfficeNotActive
        # The person's row is the lock: two grantors at once must not both find nothing.
        Person.objects.select_for_update().get(pk=person.pk)
        if Grant.objects.filter(person=person, role=role, office=office, ends_at=None).exists():
            raise AlreadyGranted
        grant = Grant.objects.create(
            person=person, role=role, office=office, starts_at=now, granted_by=by
        )
        audit.record(
            action="people.role_granted",
            subject=grant,
            by=by,
            now=now,
            office_id=grant.office_id,
            detail={"role": grant.role, "person": person.pk},
        )
    return grant


def end_grant(
    *,
    grant: Grant,
    reason: str,
    by: Person | None,
    now: datetime,
    may_be_last: bool = False,
) -> Grant:
    """End a role now. Whoever holds none afterwards is signed out everywhere.

    Raises AlreadyEnded, or LastOfItsKind unless `may_be_last` (an administrator may leave an
    office without a manager; nobody may leave the service without an administrator).
    """
    with transaction.atomic():
        grant = _locked(grant)
        if grant.ends_at is not None:
            raise AlreadyEnded
        if _is_last(grant, may_be_last=may_be_last):
            raise LastOfItsKind
        _end([grant], reason=reason, by=by, now=now)
    return grant


def end_all(
    *, grants: Iterable[Grant], reason: str, by: Person | None, now: datetime
) -> list[Grant]:
    """End these roles now, whatever remains: for an office that stops or a person who leaves."""
    with transaction.atomic():
        keys = sorted(grant.pk for grant in grants)
        found = list(
            Grant.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(pk__in=keys, ends_at=None)
            .order_by("pk")
        )
        _end(found, reason=reason, by=by, now=now)
    return found


def _locked(grant: Grant) -> Grant:
    """The grant under lock, and all of its kind with it, so that the last two cannot both go."""
    of_its_kind = Grant.objects.filter(role=grant.role, office=grant.office_id, ends_at=None)
    list(of_its_kind.select_for_update().order_by("pk").values_list("pk", flat=True))
    return Grant.objects.select_related("person").get(pk=grant.pk)


def _is_last(grant: Grant, *, may_be_last: bool) -> bool:
    if grant.role == Role.ADMINISTRATOR or (grant.role == Role.OFFICE_MANAGER and not may_be_last):
        others = Grant.objects.filter(
            role=grant.role, office=grant.office_id, ends_at=None, person__is_active=True
        ).exclude(pk=grant.pk)
        return not others.exists()
    return False


def _end(grants: list[Grant], *, reason: str, by: Person | None, now: datetime) -> None:
    for grant in grants:
        grant.ends_at = max(now, grant.starts_at)
        grant.ended_by = by
        grant.end_reason = reason
        grant.save(update_fields=["ends_at", "ended_by", "end_reason"])
        audit.record(
            action="people.role_ended",
            subject=grant,
            by=by,
            now=now,
            office_id=grant.office_id,
            detail={"role": grant.role, "person": grant.person_id, "reason": reason},
        )
    left_with_nothing = {grant.person_id for grant in grants} - set(
        Grant.objects.filter(
            person__in={grant.person_id for grant in grants}, ends_at=None
        ).values_list("person_id", flat=True)
    )
    sessions.drop(person_ids=left_with_nothing)
