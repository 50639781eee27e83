"""Which rule governs a service day for whom: the dated versions, and the pilots that interrupt them.

The one place that knows of pilots. Whoever lists, books, moves, refunds or explains asks the `Rules` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from comptoir.domain import rule
from comptoir.domain.entitlements import AllowancePolicy
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.reliability import PatternRule
from comptoir.domain.rule import SharingRule
from comptoir.domain.share import Nesting
from comptoir.liaison.models import Arm, Design, Policy
from comptoir.ui import statements

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Offices under a trial rule of their own on the days from `first` to before `until`.

    `extra` says what each of them is allotted of a week beside its allowance, in quanta.
    """

    first: date
    until: date
    policy: Policy
    extra: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """Every version of the sharing rule by its first day, as rows and as the domain's values.

    They are those of every office in no group, until they are asked for as those `of` one office.
    """

    policies: Mapping[date, Policy]
    values: Mapping[date, SharingRule]
    cohorts: tuple[Cohort, ...] = ()
    common: Rules | None = None
    """Those of every office in no group, where these are another's."""

    def on(self, day: date) -> SharingRule | None:
        """The rule of a service day."""
        return rule.in_force(self.values, day)

    def policy(self, day: date) -> Policy | None:
        """The row of that rule."""
        return rule.in_force(self.policies, day)

    def shared(self, day: date) -> Policy | None:
        """The row that governs the day for every office in no group."""
        return (self.common or self).policy(day)

    def of(self, office_id: int) -> Rules:
        """Those an office is under: the trial rules of its groups, while they last."""
        own = [cohort for cohort in self.cohorts if office_id in cohort.extra]
        common = self.common or self
        if not own:
            return common
        policies = common.policies
        for cohort in own:
            policies = rule.interrupted(policies, cohort.first, cohort.until, cohort.policy)
        return Rules(policies, _values(policies), self.cohorts, common)

    def of_groups(self, day: date) -> dict[int, SharingRule]:
        """The trial rules of a service day, by office in a group."""
        return {
            office: as_rule(cohort.policy)
            for cohort in self.cohorts
            if cohort.first <= day < cohort.until
            for office in cohort.extra
        }


# Members and weeks come with the versions, so that a booking asks once for all of it.
_POLICIES = f"""
SELECT {statements.columns(Policy, "policy")},
       pilot.design, pilot.starts_on, LEAST(pilot.ends_on, pilot.stopped_on),
       ARRAY(SELECT member.office_id FROM liaison_pilotoffice member
              WHERE member.pilot_id = pilot.id ORDER BY member.office_id),
       ARRAY(SELECT member.extra_quanta FROM liaison_pilotoffice member
              WHERE member.pilot_id = pilot.id ORDER BY member.office_id),
       ARRAY(SELECT drawn.week FROM liaison_pilotweek drawn
              WHERE drawn.pilot_id = pilot.id AND drawn.arm = '{Arm.TRIAL.value}'
              ORDER BY drawn.week)
  FROM liaison_policy policy
  LEFT JOIN liaison_pilot pilot ON pilot.policy_id = policy.id
 ORDER BY policy.for_pilot, policy.valid_from, policy.version
"""
_OF_A_PILOT = 6


def load_rules() -> Rules:
    """All versions of the sharing rule and what pilots put in their place; a few rows, one query.

    A later version for the same day replaces an earlier one.
    """
    policies: dict[date, Policy] = {}
    cohorts: list[Cohort] = []
    for row in statements.rows(_POLICIES):
        policy = statements.instance(Policy, row[:-_OF_A_PILOT])
        if not policy.for_pilot:
            policies[policy.valid_from] = policy
            continue
        design, first, until, members, extras, mondays = row[-_OF_A_PILOT:]
        if design == Design.COHORT:
            extra = dict(zip(members, extras, strict=True))
            cohorts.append(Cohort(first, until, policy, extra))
        for monday in mondays:
            policies = rule.interrupted(policies, monday, min(monday + WEEK, until), policy)
    return Rules(policies, _values(policies), tuple(cohorts))


def _values(policies: Mapping[date, Policy]) -> dict[date, SharingRule]:
    return {first: as_rule(policy) for first, policy in policies.items()}


def as_rule(policy: Policy) -> SharingRule:
    """A policy's row as the domain's value."""
    return SharingRule(
        version=policy.version,
        minutes_per_day=policy.minutes_per_day,
        minutes_per_week=policy.minutes_per_week,
        lengths=tuple(policy.lengths),
        horizon_business_days=policy.horizon_business_days,
        least_notice_minutes=policy.least_notice_minutes,
        late_notice_minutes=policy.late_notice_minutes,
        late_counts=policy.late_counts,
        nesting=as_nesting(policy) if policy.nested else None,
    )


def as_nesting(policy: Policy) -> Nesting:
    """The numbers of the nested classes, which have the same names in both."""
    return Nesting(**{field.name: getattr(policy, field.name) for field in fields(Nesting)})


def as_allowance_policy(policy: Policy) -> AllowancePolicy:
    """The numbers that weekly allowances are computed by."""
    return AllowancePolicy(
        floor=policy.weekly_floor_minutes // QUANTUM_MINUTES,
        share=Fraction(policy.allotted_percent, 100),
        alpha=Fraction(policy.alpha_percent, 100),
        headroom=Fraction(policy.headroom_percent, 100),
        movement=Fraction(policy.movement_percent, 100),
    )


def as_pattern_rule(policy: Policy) -> PatternRule:
    """What makes an office one that is asked to confirm. Raises reliability.BadRule."""
    return PatternRule(
        prior_late=policy.pattern_prior_late,
        prior_kept=policy.pattern_prior_kept,
        share=policy.pattern_share_percent / 100,
        certainty=policy.pattern_certainty_percent / 100,
        least_late=policy.pattern_least_late,
        window_days=policy.pattern_window_days,
        clean_days=policy.pattern_clean_days,
    )


def cohort_columns(cohorts: tuple[Cohort, ...]) -> dict[str, list[Any]]:
    """Every member of the groups as columns for a statement, with its days, its extra and its limit."""
    every = [
        (office, cohort.first, cohort.until, extra, cohort.policy.minutes_per_week)
        for cohort in cohorts
        for office, extra in cohort.extra.items()
    ]
    names = ("members", "firsts", "untils", "extras", "minutes")
    return {name: [row[place] for row in every] for place, name in enumerate(names)}
