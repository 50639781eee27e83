"""The life of an office: opened, suspended, reopened, closed, followed by another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction
from psycopg import errors

from comptoir.audit import actions as audit
from comptoir.people.actions import grants, turns
from comptoir.people.importing import openings
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

MOST_WAITS = 3
"""For so many offices that others are changing a dissolution waits before it gives up."""


class CannotChangeOffice(Exception):
    """The office cannot take this step."""


class OfficeBusy(CannotChangeOffice):
    """Somebody else was changing the office for too long. Nothing was written; try again."""


class WrongStatus(CannotChangeOffice):
    """The step does not follow from where the office stands; `status` says where that is."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class SuccessorDoesNotFit(CannotChangeOffice):
    """A successor is an active office in the same seat, and not the office itself."""


class SeatTaken(CannotChangeOffice):
    """An office is open in this seat already."""


class LegislatorSits(CannotChangeOffice):
    """The legislator with this number has an open office already."""


def suspend(*, office: Office, reason: OfficeEnd, by: Person | None, now: datetime) -> Office:
    """Stop an office for the time being: access ends at once, records stay.

    Raises WrongStatus, OfficeBusy, as every step below.
    """
    with _change():
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
    with _change():
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
    by: Person | None,
    now: datetime,
) -> Office:
    """End an office for good: access ends at once, records stay under it.

    `until` is the first day on which the legislator no longer sits. Raises WrongStatus if it is
    closed already.
    """
    with _change():
        office = _locked(office, OfficeStatus.ACTIVE, OfficeStatus.SUSPENDED)
        office.until = max(until, office.since)
        _move(office, OfficeStatus.CLOSED, reason, now)
        _end_access(office, reason, by, now)
        _record("people.office_closed", office, by, now)
    return office


def name_successor(
    *, office: Office, successor: Office, by: Person | None, now: datetime
) -> Office:
    """Link a closed office to the one that follows in its seat.

    Raises WrongStatus if it is not closed or has a successor already, SuccessorDoesNotFit.
    """
    with _change():
        office = _locked(office, OfficeStatus.CLOSED)
        if office.successor_id is not None:
            raise WrongStatus(office.status)
        if not _fits(office, successor):
            raise SuccessorDoesNotFit
        office.successor = successor
        office.save(update_fields=["successor"])
        _record("people.successor_named", office, by, now, successor=successor.pk)
    return office


def transfer(
    *,
    office: Office,
    successor: Office,
    reason: OfficeEnd,
    since: date,
    by: Person | None,
    now: datetime,
) -> Office:
    """A seat changes hands: close `office` if it is not closed yet, open `successor` unless it
    exists already, link the two. What an import of the new list does for one seat.

    `since` is the first day of the new legislator's mandate. Nobody's access moves over: the new
    legislator chooses their own people. Raises WrongStatus, SuccessorDoesNotFit, SeatTaken,
    LegislatorSits. Returns the successor.
    """
    with _change():
        turns.take_turn()
        office = Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
        if not _fits(office, successor):
            raise SuccessorDoesNotFit
        if office.status != OfficeStatus.CLOSED:
            close(office=office, reason=reason, until=since, by=by, now=now)
        if successor.pk is None:
            _refuse_if_it_sits(successor)
            numbering = openings.Numbering(Chamber(successor.chamber))
            successor.reference = numbering.next_in(successor.district)
            open_office(office=successor, by=by, now=now)
        name_successor(office=office, successor=successor, by=by, now=now)
    return successor


def open_office(*, office: Office, by: Person | None, now: datetime) -> Office:
    """Save a new office, active from now."""
    with _change():
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
    """Change how an office is served: its language, its zone, its reminders. Raises OfficeBusy."""
    wanted = {
        "language": language,
        "time_zone": time_zone,
        "remind_day_before": remind_day_before,
        "remind_hour_before": remind_hour_before,
    }
    with _change():
        office = Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
        changed = sorted(
            field for field, value in wanted.items() if getattr(office, field) != value
        )
        if changed:
            for field in changed:
                setattr(office, field, wanted[field])
            office.save(update_fields=changed)
            _record("people.office_settings_changed", office, by, now, fields=changed)
    return office


def dissolve(*, proclaimed_on: date, by: Person, now: datetime) -> int:
    """Parliament is dissolved: suspend every active office of the House of Commons; how many.

    Each is a change of its own, so that nobody waits for all of them. An office that somebody else
    suspends meanwhile is passed over. Those that others are changing stay active, and whoever asks
    again goes on with them.
    """
    suspended = waited = 0
    active = list(Office.objects.active().filter(chamber=Chamber.COMMONS).order_by("pk"))
    if active:
        # On record beforehand: should this be cut short, the trail says what it was about.
        audit.record(
            action="people.parliament_dissolved",
            subject=Office,
            by=by,
            now=now,
            detail={"on": proclaimed_on.isoformat(), "offices": len(active)},
        )
    for office in active:
        try:
            with suppress(WrongStatus):
                suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=by, now=now)
                suspended += 1
        except OfficeBusy:
            waited += 1
            if waited == MOST_WAITS:
                break
    return suspended


@contextmanager
def _change() -> Iterator[None]:
    """One transaction; raises OfficeBusy if others hold what it needs for too long."""
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise OfficeBusy from error
        raise


def _locked(office: Office, *allowed: OfficeStatus) -> Office:
    office = Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
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
    grants.end_all(grants=open_grants, reason=reason.of_access, by=by, now=now)
    Invitation.objects.open(now).filter(office=office).update(withdrawn_at=now)


def _lost_with_suspension(office: Office, now: datetime) -> list[Grant]:
    """The roles that ended at the moment of the suspension, and because of it, and would go on."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    ended = Grant.objects.filter(
        office=office,
        ends_at=office.status_at,
        end_reason=OfficeEnd(office.status_reason).of_access,
        person__is_active=True,
    ).exclude(last_day__lt=today)
    return list(ended.select_related("person").order_by("pk"))


def _fits(office: Office, successor: Office) -> bool:
    """A seat of the Commons is its district; a senator may be followed by any other senator."""
    same_seat = (office.chamber, office.district_id) == (successor.chamber, successor.district_id)
    return same_seat and office.pk != successor.pk and successor.status == OfficeStatus.ACTIVE


def _refuse_if_it_sits(fresh: Office) -> None:
    """One open office to a seat, and one to a legislator whose number is known."""
    others = Office.objects.filter(chamber=fresh.chamber).exclude(status=OfficeStatus.CLOSED)
    if fresh.district_id is not None and others.filter(district=fresh.district_id).exists():
        raise SeatTaken
    if fresh.source_id and others.filter(source_id=fresh.source_id).exists():
        raise LegislatorSits


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
