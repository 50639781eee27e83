"""Putting a new version of the sharing rule in force: validated, dated, never edited afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from comptoir.audit import actions as audit
from comptoir.domain.rule import Fault, SharingRule
from comptoir.liaison.models import Policy
from comptoir.people.models import Person
from comptoir.ui import clock


class BadRule(Exception):
    """The proposed rule cannot be put in force; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults


class BeginsInThePast(Exception):
    """A day that has begun is governed by the rule it began under."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule is called and what its numbers do not say, in both languages."""

    name_en: str
    name_fr: str
    remark_en: str = ""
    remark_fr: str = ""


@transaction.atomic
def start_rule(
    *,
    rule: SharingRule,
    words: Words,
    valid_from: date,
    most_case_lines: int,
    hold_minutes: int,
    no_show_after_minutes: int,
    start_early_minutes: int,
    by: Person,
    now: datetime,
) -> Policy:
    """Add the next version (the number in `rule` is ignored), from the service day `valid_from` on.

    What is booked stays booked. Raises BadRule, BeginsInThePast.
    """
    faults = rule.faults()
    if faults:
        raise BadRule(faults)
    if valid_from <= clock.service_date(now):
        raise BeginsInThePast
    _take_turns()
    last = Policy.objects.aggregate(last=Max("version"))["last"] or 0
    policy = Policy.objects.create(
        version=last + 1,
        valid_from=valid_from,
        name_en=words.name_en,
        name_fr=words.name_fr,
        remark_en=words.remark_en,
        remark_fr=words.remark_fr,
        minutes_per_day=rule.minutes_per_day,
        minutes_per_week=rule.minutes_per_week,
        lengths=list(rule.lengths),
        horizon_business_days=rule.horizon_business_days,
        least_notice_minutes=rule.least_notice_minutes,
        late_notice_minutes=rule.late_notice_minutes,
        late_counts=rule.late_counts,
        most_case_lines=most_case_lines,
        hold_minutes=hold_minutes,
        no_show_after_minutes=no_show_after_minutes,
        start_early_minutes=start_early_minutes,
        created_by=by,
        created_at=now,
    )
    audit.record(
        action="rule.started",
        subject=policy,
        by=by,
        now=now,
        detail={"version": policy.version, "valid_from": valid_from.isoformat()},
    )
    return policy


def _take_turns() -> None:
    """Two who write a version at once would number it alike. Readers and bookings go on."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{Policy._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
