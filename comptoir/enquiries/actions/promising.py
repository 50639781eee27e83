"""What a line promises and when the centre works: dated values that are added and never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain.clocks import BadHours
from comptoir.enquiries.models import Line, Promise, ServiceTarget, Unit, WorkingHours
from comptoir.enquiries.queries import promises
from comptoir.people.models import Person
from comptoir.ui import clock


class CannotPromise(Exception):
    """Nothing was set."""


class BeginsInThePast(CannotPromise):
    """What was received is promised already: a value begins today at the earliest."""


class BeginsAlready(CannotPromise):
    """Another value begins on that day, and none is ever edited."""


class NothingWorked(CannotPromise):
    """A week without hours has no due dates."""


class HoursOutOfOrder(CannotPromise):
    """A period ends before it starts, or overlaps another of its day."""


@transaction.atomic
def start_target(
    *,
    line: Line,
    promise: Promise,
    valid_from: date,
    unit: Unit,
    amount: int,
    source: str,
    by: Person,
    now: datetime,
) -> ServiceTarget:
    """Promise another time from a day on; what came before keeps its own. Raises CannotPromise."""
    if valid_from < clock.service_date(now):
        raise BeginsInThePast
    target, is_new = ServiceTarget.objects.get_or_create(
        line=line,
        promise=promise,
        valid_from=valid_from,
        defaults={
            "unit": unit,
            "amount": amount,
            "source": source,
            "created_by": by,
            "created_at": now,
        },
    )
    if not is_new:
        raise BeginsAlready
    audit.record(
        action="service_target.started",
        subject=target,
        by=by,
        now=now,
        detail={
            "line": line.code,
            "promise": str(promise),
            "amount": amount,
            "unit": str(unit),
            "valid_from": valid_from.isoformat(),
        },
    )
    return target


@transaction.atomic
def start_hours(
    *,
    valid_from: date,
    periods: Mapping[str, Sequence[Sequence[str]]],
    source: str,
    by: Person,
    now: datetime,
) -> WorkingHours:
    """Work other hours from a day on; what was received before keeps the hours it was promised by.

    Raises CannotPromise.
    """
    if valid_from < clock.service_date(now):
        raise BeginsInThePast
    if not any(periods.values()):
        raise NothingWorked
    try:
        promises.hours_of(periods)
    except BadHours:
        raise HoursOutOfOrder from None
    hours, is_new = WorkingHours.objects.get_or_create(
        valid_from=valid_from,
        defaults={
            "periods": dict(periods),
            "source": source,
            "created_by": by,
            "created_at": now,
        },
    )
    if not is_new:
        raise BeginsAlready
    audit.record(
        action="working_hours.started",
        subject=hours,
        by=by,
        now=now,
        detail={"valid_from": valid_from.isoformat()},
    )
    return hours
