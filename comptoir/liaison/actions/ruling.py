"""Putting a new version of the sharing rule in force: validated, dated, never edited afterwards.

A version that has not begun can be replaced by another for the same first day, which is also how it is
withdrawn: what went before is set again. Both stay on record.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from comptoir.audit import actions as audit
from comptoir.domain import entitlements, reliability, rule
from comptoir.domain.rule import Fault, House
from comptoir.liaison.models import Pilot, Policy
from comptoir.liaison.queries import confirming, days, needs, pilots, versions
from comptoir.people.models import Person
from comptoir.ui import clock

FURTHEST = timedelta(days=366)
"""A first day beyond it is taken for a slip of the pen: nobody decides a rule a year before."""

LIMITS = {"minutes_per_day", "minutes_per_week"}

NOT_CONTENT = {"id", "version", "valid_from", "for_pilot", "created_by", "created_at"}
"""What two versions that say the same need not share."""

PROPORTIONAL = 100
"""Up to this `alpha_percent` inflated use never pays, whatever the needs (`domain.entitlements`)."""

WHOLE = 100

WORDS = {"name_en", "name_fr", "remark_en", "remark_fr"}
"""What a version says beside its numbers."""


class CannotStartRule(Exception):
    """No version was set."""


class BadRule(CannotStartRule):
    """The proposed rule cannot be put in force; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults


class BeginsInThePast(CannotStartRule):
    """A day that has begun is governed by the rule it began under."""


class BeginsTooFarAhead(CannotStartRule):
    """The first day is more than a year away."""


class NothingNew(CannotStartRule):
    """That day is governed by the very same rule already; `policy` is its version."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.version)
        self.policy = policy


class DisturbsPilot(CannotStartRule):
    """A pilot tries its rule beside the common one, as far as they agree; `pilot` goes on then."""

    def __init__(self, pilot: Pilot) -> None:
        super().__init__(pilot.pk)
        self.pilot = pilot


class SetMeanwhile(Exception):
    """Another version was set since this one was compared with what there was."""


@transaction.atomic
def start_rule(*, draft: Policy, by: Person, now: datetime, seen: int | None = None) -> Policy:
    """Add `draft`, a version without a number or an author, from its first service day on.

    What is booked stays booked. Who decides on a comparison says which version was the last one
    `seen` there. Raises CannotStartRule in its kinds, SetMeanwhile.
    """
    take_turns()
    last = versions.last_version()
    if seen not in (None, last):
        raise SetMeanwhile
    check_rule(draft=draft, now=now)
    draft.version = last + 1
    draft.created_by = by
    draft.created_at = now
    draft.save(force_insert=True)
    audit.record(
        action="rule.started",
        subject=draft,
        by=by,
        now=now,
        detail={"version": draft.version, "valid_from": draft.valid_from.isoformat()},
    )
    return draft


def check_rule(*, draft: Policy, now: datetime) -> None:
    """Raise CannotStartRule if the draft could not be set now."""
    today = clock.service_date(now)
    check_numbers(draft, versions.house(today), now)
    _check_first_day(draft.valid_from, today)
    governing = versions.governing(draft.valid_from)
    if governing is not None and _content(governing) == _content(draft):
        raise NothingNew(governing)
    disturbed = pilots.disturbed_by(draft)
    if disturbed is not None:
        raise DisturbsPilot(disturbed)


def check_numbers(draft: Policy, house: House | None, now: datetime) -> None:
    """Raise BadRule if no office could be under this rule, or the house cannot keep what it promises.

    Nor is a rule set under which an office gains by using what it does not need.
    """
    faults = days.as_rule(draft).faults() + _negative(draft) + _without_meaning(draft)
    if draft.nested and not faults:
        faults = rule.infeasible(
            days.as_nesting(draft),
            weekly_floor_minutes=draft.weekly_floor_minutes,
            allotted_percent=draft.allotted_percent,
            minutes_per_week=draft.minutes_per_week,
            house=house or rule.UNKNOWN,
        )
    if draft.nested and house is not None and not faults:
        faults = _inviting(draft, house, now)
    if faults:
        raise BadRule(faults)


def _negative(draft: Policy) -> tuple[Fault, ...]:
    """No number of a version can be negative; those that limit an office have a fault of their own."""
    numbers = {f.name for f in Policy._meta.concrete_fields if f.name not in NOT_CONTENT | LIMITS}
    values = (getattr(draft, name) for name in numbers)
    negative = any(value < 0 for value in values if isinstance(value, int))
    return (Fault.NUMBER_NEGATIVE,) if negative else ()


def _without_meaning(draft: Policy) -> tuple[Fault, ...]:
    """Numbers that nothing could be done with: no part is over the whole, no prior is of nothing.

    Nor is anything released at once after an office was asked, or when nobody could take it any more.
    """
    before = timedelta(minutes=draft.confirm_before_minutes)
    found = {
        Fault.PART_OVER_ALL: max(draft.movement_percent, draft.excuses_checked_percent) > WHOLE,
        Fault.NO_PATTERN: not _has_pattern(draft),
        Fault.CONFIRMED_OUT_OF_REACH: not (
            confirming.LATEST_RELEASE <= before <= confirming.EARLIEST_RELEASE
        ),
    }
    return tuple(fault for fault, present in found.items() if present)


def _has_pattern(draft: Policy) -> bool:
    try:
        days.as_pattern_rule(draft)
    except reliability.BadRule:
        return False
    return True


def _inviting(draft: Policy, house: House, now: datetime) -> tuple[Fault, ...]:
    """Whether allowances by this rule would reward inflated use: never if they follow need at most.

    Nothing can be said while no need is known, nor of a rule that allots nothing.
    """
    if draft.alpha_percent <= PROPORTIONAL or draft.allotted_percent == 0:
        return ()
    try:
        known = entitlements.with_prior(needs.estimated(now))
    except entitlements.NoKnownNeed:
        return ()
    policy = days.as_allowance_policy(draft)
    pays = entitlements.inflating_pays(known, house.week, policy)
    return (Fault.INFLATING_PAYS,) if pays else ()


def _check_first_day(on: date, today: date) -> None:
    if on <= today:
        raise BeginsInThePast
    if on > today + FURTHEST:
        raise BeginsTooFarAhead


def same_numbers(one: Policy, other: Policy) -> bool:
    """Whether two versions decide alike, whatever they are called."""
    first, second = _content(one), _content(other)
    return all(first[name] == second[name] for name in first.keys() - WORDS)


def _content(policy: Policy) -> dict[str, object]:
    """All that a version says."""
    names = {field.name for field in Policy._meta.concrete_fields} - NOT_CONTENT
    return {name: getattr(policy, name) for name in names}


def take_turns() -> None:
    """Two who write a version, or begin a pilot, at once would not see each other's.

    Readers and bookings go on.
    """
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{Policy._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
