"""Every night it is estimated anew how probable it is that each office comes tomorrow.

By these chances a rule keeps floors for as many offices as will come. They are published with the
allowances and grow old with them, while allowances stay for months: so what is in force is published
again for tomorrow, the same allowances with the chances of today. Nothing that has begun is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain.business_days import ONE_DAY
from comptoir.liaison.actions import apportioning
from comptoir.liaison.actions.apportioning import CannotApportion, Proposal
from comptoir.liaison.models import Allowance, Apportionment
from comptoir.liaison.queries import needs, versions
from comptoir.ui import clock

LEAST_CHANGE = 0.02
"""By how much the chance of one office must have moved for it to matter. A default of ours."""

LEAST_OFFICES = 1.0
"""By how much the number of offices that come must have: a floor more or less. A default of ours."""


@transaction.atomic
def project(*, now: datetime) -> Apportionment | None:
    """Publish for tomorrow the allowances in force with new chances; None if there is nothing to say.

    There is not where the rule of tomorrow asks for no chances, where allowances begin tomorrow anyway,
    where none are in force, and where hardly anything has moved. A Monday is left to who publishes
    allowances for it: until then it has what was projected for the Sunday, of the same service days.
    """
    tomorrow = clock.service_date(now) + ONE_DAY
    current = needs.in_force(tomorrow).apportionment
    if current is None or current.valid_from == tomorrow or not _asks_for_chances(tomorrow):
        return None
    rows = list(current.allowances.all())
    proposal = _anew(current, rows, tomorrow, needs.chances(now))
    if not _has_moved({row.office_id: row.chance for row in rows}, proposal.chances):
        return None
    try:
        with transaction.atomic():
            made = apportioning.write(proposal=proposal, by=None, now=now)
    except CannotApportion:
        return None  # published for tomorrow at this very moment
    audit.record(
        action="chances.projected",
        subject=made,
        by=None,
        now=now,
        detail={"valid_from": made.valid_from.isoformat(), "offices": len(rows)},
    )
    return made


def _asks_for_chances(on: date) -> bool:
    policy = versions.governing(on)
    keeps_some = policy is not None and policy.nested and policy.miss_per_mille > 0
    return keeps_some and on.weekday() != 0


def _anew(
    current: Apportionment, rows: list[Allowance], on: date, chances: Mapping[int, float]
) -> Proposal:
    """What is in force, from another day on. An office that is not active keeps the chance it had."""
    return Proposal(
        valid_from=on,
        policy=current.policy,
        capacity=current.capacity,
        needs={row.office_id: row.need for row in rows},
        quanta={row.office_id: row.quanta for row in rows},
        chances={row.office_id: chances.get(row.office_id, row.chance) for row in rows},
    )


def _has_moved(before: Mapping[int, float], after: Mapping[int, float]) -> bool:
    moved = [after[office] - chance for office, chance in before.items()]
    one = max((abs(by) for by in moved), default=0.0)
    return one > LEAST_CHANGE or abs(sum(moved)) >= LEAST_OFFICES
