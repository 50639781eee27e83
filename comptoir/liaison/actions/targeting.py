"""Setting when follow-ups are due from a day on: dated rows that are never edited afterwards."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.liaison.models import FollowUpTarget
from comptoir.people.models import Person
from comptoir.ui import clock

HOURS_IN_A_DAY = 24


class CannotSetTarget(Exception):
    """No target was set."""


class TargetBeginsInThePast(CannotSetTarget):
    """Follow-ups of earlier days were given the dates of the target they were left under."""


class TargetBeginsAlready(CannotSetTarget):
    """Another target begins on that day, and none is ever edited."""


class UrgentAfterUsual(CannotSetTarget):
    """What is urgent would be due after what is not."""


@transaction.atomic
def start_target(
    *,
    valid_from: date,
    business_days: int,
    urgent_hours: int,
    source: str,
    by: Person,
    now: datetime,
) -> FollowUpTarget:
    """Propose these due dates for follow-ups that are left from `valid_from` on; today at the earliest.

    A follow-up keeps the date it was given. Raises CannotSetTarget.
    """
    if valid_from < clock.service_date(now):
        raise TargetBeginsInThePast
    if urgent_hours > business_days * HOURS_IN_A_DAY:
        raise UrgentAfterUsual
    try:
        with transaction.atomic():
            target = FollowUpTarget.objects.create(
                valid_from=valid_from,
                business_days=business_days,
                urgent_hours=urgent_hours,
                source=source,
                created_by=by,
                created_at=now,
            )
    except IntegrityError as error:  # the day is unique, whoever else writes at this moment
        raise TargetBeginsAlready from error
    audit.record(
        action="follow_up_target.started",
        subject=target,
        by=by,
        now=now,
        detail={
            "valid_from": valid_from.isoformat(),
            "business_days": business_days,
            "urgent_hours": urgent_hours,
        },
    )
    return target
