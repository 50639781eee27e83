"""Which weeks and versions the scorecard's pages are about, and what they show of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import pattern, rows
from comptoir.liaison.queries.scorecard.access import Access
from comptoir.liaison.queries.scorecard.figures import LAST_OF_WEEK, Figure, of_pattern
from comptoir.liaison.queries.scorecard.pattern import Around
from comptoir.liaison.queries.scorecard.values import WEEK, Use, by_week
from comptoir.people.models import Office

WEEKS_TO_CHOOSE = 53
MOST_MISSES = 200
"""How many days without access a page lists; it says how many there are."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A day without access and whose it was."""

    access: Access
    office: Office


@dataclass(frozen=True, slots=True)
class PatternOfWeek:
    """The memorandum's figures of one week."""

    monday: date
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Mean:
    """One of the figures: its mean over the weeks before and after."""

    code: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """The weeks around the first day of a version, and the means on both sides."""

    policy: Policy
    before: tuple[PatternOfWeek, ...]
    after: tuple[PatternOfWeek, ...]
    means: tuple[Mean, ...]


def last_complete_week(today: date) -> date:
    """The Monday of the last week that is over."""
    return monday_of(today) - WEEK


def is_complete_week(monday: date, today: date) -> bool:
    """Whether this is a Monday, of a week that is over."""
    return monday.weekday() == 0 and monday <= last_complete_week(today)


def weeks_to_choose(today: date) -> list[date]:
    """The Mondays of the weeks of a year that were on offer and are over, latest first."""
    last = last_complete_week(today)
    found = rows.days_of_service(last - WEEKS_TO_CHOOSE * WEEK, last + LAST_OF_WEEK)
    return sorted({monday_of(on) for on in found}, reverse=True)


def with_names(misses: tuple[Access, ...]) -> list[Miss]:
    """The days without access with their offices, by day and office name."""
    offices = rows.names_of(miss.office for miss in misses)
    found = [Miss(miss, offices[miss.office]) for miss in misses]
    found.sort(key=lambda miss: (miss.access.on, miss.office.sort_name, miss.office.pk))
    return found[:MOST_MISSES]


def begun_versions(rules: days.Rules, today: date) -> list[Policy]:
    """The versions of the rule that have come into force, latest first."""
    policies = rules.policies
    return [policies[first] for first in sorted(policies, reverse=True) if first <= today]


def change(version: int, today: date) -> Change | None:
    """The pattern around the first day of a version; None for one that never came into force.

    A fixed number of statements for up to sixteen weeks.
    """
    rules = days.load_rules()
    firsts = sorted(first for first in rules.policies if first <= today)
    place = next((i for i, first in enumerate(firsts) if _version(rules, first) == version), None)
    if place is None:
        return None
    earlier = firsts[place - 1] if place else None
    later = next((first for first in sorted(rules.policies) if first > firsts[place]), None)
    around = pattern.around(firsts[place], earlier, later, today)
    weeks = _load(around, rules)
    before, after = (_patterns(weeks, mondays) for mondays in (around.before, around.after))
    means = (
        Mean(one.code, _mean(before, number), _mean(after, number))
        for number, one in enumerate(of_pattern(NOTHING))
    )
    return Change(rules.policies[firsts[place]], before, after, tuple(means))


NOTHING = Use((), (), (), {})
"""Days of which nothing is known."""


def _version(rules: days.Rules, first: date) -> int:
    return rules.policies[first].version


def _load(around: Around, rules: days.Rules) -> Mapping[date, Use]:
    mondays = (*around.before, *around.after)
    if not mondays:
        return {}
    use = rows.without_hours(mondays[0], mondays[-1] + LAST_OF_WEEK, rules)
    return by_week(use, mondays)


def _patterns(weeks: Mapping[date, Use], mondays: Iterable[date]) -> tuple[PatternOfWeek, ...]:
    """The figures of these weeks, less those without any appointment."""
    return tuple(
        PatternOfWeek(monday, of_pattern(weeks[monday]))
        for monday in mondays
        if not weeks[monday].is_empty
    )


def _mean(weeks: Iterable[PatternOfWeek], number: int) -> float | None:
    """The mean of one figure over the weeks that show it."""
    values = [week.figures[number].value for week in weeks]
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
