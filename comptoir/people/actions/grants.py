"""Giving and ending roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from comptoir.audit import actions as audit
from comptoir.people.actions import sessions
from comptoir.people.actions.last_days import end_of
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
    last_day: date | None = None,
    by: Person | None,
    now: datetime,
) -> Grant:
    """Give a person a role from now on, for good or up to a last day; `by=None` is the service.

    Raises RoleNeedsOffice, OfficeNotActive, AlreadyGranted or LastDayOutOfRange (of last_days).
    """
    if (role in OFFICE_ROLES) != (office is not None):
        raise RoleNeedsOffice
    ends_at = end_of(last_day, office, now)
    with transaction.atomic():
        if office is not None:
            office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
            if office.status != OfficeStatus.ACTIVE:
                raise OfficeNotActive
        # The person's row is the lock: two grantors at once must not both find nothing.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        held = Grant.objects.not_ended(now).filter(person=person, role=role, office=office)
        if held.exists():
            raise AlreadyGranted
        grant = Grant.objects.create(
            person=person,
            role=role,
            office=office,
            starts_at=now,
            granted_by=by,
            last_day=last_day,
            ends_at=ends_at,
            ended_by=by if last_day else None,
        )
        audit.record(
            action="people.role_granted",
            subject=grant,
            by=by,
            now=now,
            office_id=grant.office_id,
            detail={"role": grant.role, "person": person.pk, **_day(last_day)},
        )
    return grant


def set_last_day(
    *,
    grant: Grant,
    last_day: date | None,
    by: Person | None,
    now: datetime,
    may_be_last: bool = False,
) -> Grant:
    """Choose, change or (with None) clear the last day of a role that has not ended.

    Raises AlreadyEnded, LastDayOutOfRange, or LastOfItsKind for a day that comes sooner than the
    present end, unless `may_be_last`: see `end_grant`.
    """
    with transaction.atomic():
        grant = _locked(grant, now)
        ends_at = end_of(last_day, grant.office, now)
        if ends_at == grant.ends_at:
            return grant
        if ends_at is not None and is_last(grant, ends_at, may_be_last=may_be_last):
            raise LastOfItsKind
        grant.last_day, grant.ends_at = last_day, ends_at
        grant.ended_by = by if last_day else None
        grant.save(update_fields=["last_day", "ends_at", "ended_by"])
        audit.record(
            action="people.last_day_set" if last_day else "people.last_day_cleared",
            subject=grant,
            by=by,
            now=now,
            office_id=grant.office_id,
            detail={"role": grant.role, "person": grant.person_id, **_day(last_day)},
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

    The reason is kept with the grant; the trail has the grant's number and no words.
    Raises AlreadyEnded, or LastOfItsKind unless `may_be_last` (an administrator may leave an
    office without a manager; nobody may leave the service without an administrator).
    """
    with transaction.atomic():
        grant = _locked(grant, now)
        if is_last(grant, now, may_be_last=may_be_last):
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
            Grant.objects.not_ended(now)
            .select_for_update(of=("self",), no_key=True)
            .select_related("person")
            .filter(pk__in=keys)
            .order_by("pk")
        )
        _end(found, reason=reason, by=by, now=now)
    return found


def _locked(grant: Grant, now: datetime) -> Grant:
    """The grant under lock, and all of its kind with it, so that the last two cannot both go."""
    of_its_kind = Grant.objects.not_ended(now).filter(role=grant.role, office=grant.office_id)
    list(of_its_kind.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    grant = Grant.objects.select_related("person", "office").get(pk=grant.pk)
    if grant.has_ended(now):
        raise AlreadyEnded
    return grant


def is_last(grant: Grant, ends_at: datetime, *, may_be_last: bool = False) -> bool:
    """Whether an end then would bring nearer the day on which nobody holds the role.

    It does not if somebody else holds the role for at least as long as this grant would have.
    """
    if grant.ends_at is not None and ends_at >= grant.ends_at:
        return False
    if grant.role == Role.ADMINISTRATOR or (grant.role == Role.OFFICE_MANAGER and not may_be_last):
        as_long = Q(ends_at=None)
        if grant.ends_at is not None:
            as_long |= Q(ends_at__gte=grant.ends_at)
        others = Grant.objects.filter(
            as_long, role=grant.role, office=grant.office_id, person__is_active=True
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
            detail={"role": grant.role, "person": grant.person_id},
        )
    left_with_nothing = {grant.person_id for grant in grants} - set(
        Grant.objects.not_ended(now)
        .filter(person__in={grant.person_id for grant in grants})
        .values_list("person_id", flat=True)
    )
    sessions.drop(person_ids=left_with_nothing)


def _day(last_day: date | None) -> dict[str, str]:
    """How the trail writes a last day."""
    return {"last_day": last_day.isoformat()} if last_day else {}
