"""The life of an office: opened, suspended, reopened, closed, followed by another."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.actions import grants
from comptoir.people.models import (
    Chamber,
    Grant,
    Invitation,
    Language,
    Office,
    OfficeEnd,
    OfficeStatus,
    Person,
    Role,
)


class CannotChangeOffice(Exception):
    """The office cannot take this step."""


class WrongStatus(CannotChangeOffice):
    """The step does not follow from where the office stands; `status` says where that is."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class SuccessorDoesNotFit(CannotChangeOffice):
    """A successor sits in the same seat and is not the office itself."""


def suspend(*, office: Office, reason: OfficeEnd, by: Person | None, now: datetime) -> Office:
    """Stop an office for the time being: access ends at once, records stay. Raises WrongStatus."""
    with transaction.atomic():
        office = _locked(office, OfficeStatus.ACTIVE)
        _move(office, OfficeStatus.SUSPENDED, reason, now)
        _end_access(office, reason, by, now)
        _record("people.office_suspended", office, by, now)
    return office


def reopen(
    *, office: Office, restore_access: bool = False, by: Person | None, now: datetime
) -> Office:
    """Let a suspended office book again. Raises WrongStatus.

    With `restore_access` the people whose roles ended with the suspension receive them anew, up to
    the last day that was chosen for them if it is to come; the grants that ended stay as they are.
    """
    with transaction.atomic():
        office = _locked(office, OfficeStatus.SUSPENDED)
        lost = _lost_with_suspension(office, now) if restore_access else []
        _move(office, OfficeStatus.ACTIVE, None, now)
        for grant in lost:
            grants.grant_role(
                person=grant.person,
                role=Role(grant.role),
                office=office,
                last_day=grant.last_day,
                by=by,
                now=now,
            )
        _record("people.office_reopened", office, by, now)
    return office


def close(
    *,
    office: Office,
    reason: OfficeEnd,
    until: date,
    successor: Office | None = None,
    by: Person | None,
    now: datetime,
) -> Office:
    """End an office for good: access ends at once, records stay under it.

    `until` is the first day on which the legislator no longer sits. Raises WrongStatus if it is
    closed already, SuccessorDoesNotFit.
    """
    with transaction.atomic():
        office = _locked(office, OfficeStatus.ACTIVE, OfficeStatus.SUSPENDED)
        if successor is not None and not _fits(office, successor):
            raise SuccessorDoesNotFit
        office.until = max(until, office.since)
        office.successor = successor
        _move(office, OfficeStatus.CLOSED, reason, now)
        _end_access(office, reason, by, now)
        _record("people.office_closed", office, by, now)
    return office


def transfer(
    *,
    office: Office,
    successor: Office,
    reason: OfficeEnd,
    by: Person | None,
    now: datetime,
) -> Office:
    """A seat changes hands: close `office`, open the unsaved `successor` in its seat, link the two.

    Nobody's access moves over: the new legislator chooses their own people. Returns the successor.
    """
    with transaction.atomic():
        if not _fits(office, successor):
            raise SuccessorDoesNotFit
        close(office=office, reason=reason, until=successor.since, by=by, now=now)
        open_office(office=successor, by=by, now=now)
        Office.objects.filter(pk=office.pk).update(successor=successor)
    return successor


def open_office(*, office: Office, by: Person | None, now: datetime) -> Office:
    """Save a new office, active from now."""
    with transaction.atomic():
        office.status = OfficeStatus.ACTIVE
        office.status_at = now
        office.save(force_insert=True)
        _record("people.office_opened", office, by, now)
    return office


def change_settings(
    *,
    office: Office,
    language: Language,
    time_zone: str,
    remind_day_before: bool,
    remind_hour_before: bool,
    by: Person,
    now: datetime,
) -> Office:
    """Change how an office is served: its language, its zone, its reminders."""
    wanted = {
        "language": language,
        "time_zone": time_zone,
        "remind_day_before": remind_day_before,
        "remind_hour_before": remind_hour_before,
    }
    with transaction.atomic():
        office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
        changed = sorted(
            field for field, value in wanted.items() if getattr(office, field) != value
        )
        if changed:
            for field in changed:
                setattr(office, field, wanted[field])
            office.save(update_fields=changed)
            _record("people.office_settings_changed", office, by, now, fields=changed)
    return office


def dissolve(*, by: Person, now: datetime) -> int:
    """Parliament is dissolved: suspend every active office of the House of Commons; how many."""
    with transaction.atomic():
        offices = Office.objects.active().filter(chamber=Chamber.COMMONS).order_by("pk")
        for office in offices:
            suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=by, now=now)
    return len(offices)


def _locked(office: Office, *allowed: OfficeStatus) -> Office:
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if office.status not in allowed:
        raise WrongStatus(office.status)
    return office


def _move(office: Office, status: OfficeStatus, reason: OfficeEnd | None, now: datetime) -> None:
    office.status = status
    office.status_reason = reason or ""
    office.status_at = now
    office.save()


def _end_access(office: Office, reason: OfficeEnd, by: Person | None, now: datetime) -> None:
    open_grants = Grant.objects.not_ended(now).filter(office=office)
    grants.end_all(grants=open_grants, reason=_end_reason(reason), by=by, now=now)
    Invitation.objects.open(now).filter(office=office).update(withdrawn_at=now)


def _end_reason(reason: OfficeEnd) -> str:
    return f"office: {reason.value}"


def _lost_with_suspension(office: Office, now: datetime) -> list[Grant]:
    """The roles that ended at the moment of the suspension, and because of it, and would go on."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    ended = Grant.objects.filter(
        office=office,
        ends_at=office.status_at,
        end_reason=_end_reason(OfficeEnd(office.status_reason)),
        person__is_active=True,
    ).exclude(last_day__lt=today)
    return list(ended.select_related("person").order_by("pk"))


def _fits(office: Office, successor: Office) -> bool:
    same_seat = (office.chamber, office.district_id) == (successor.chamber, successor.district_id)
    return same_seat and office.pk != successor.pk


def _record(
    action: str, office: Office, by: Person | None, now: datetime, **detail: object
) -> None:
    audit.record(
        action=action,
        subject=office,
        by=by,
        now=now,
        office_id=office.pk,
        detail={"status": office.status, "reason": office.status_reason, **detail},
    )
