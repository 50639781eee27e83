"""A pilot's results as a file: the raw table by week, and below it what was computed from it.

Codes, dates and numbers only, the same in both languages, so that a program can read them. As in the
scorecard's file, nothing is said of fewer than five offices.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from comptoir.liaison.queries.readings import GROUP, OTHERS
from comptoir.liaison.queries.results import Effect, Results, Week
from comptoir.liaison.queries.scorecard.words import FEW

WEEKS = (
    "week",
    "arm",
    "offered_quanta",
    "attended_quanta",
    "use",
    "day_access",
    "requests",
    "avoidable_idle",
    "late_loss",
    "group_served",
    "others_served",
)
EFFECTS = (
    "outcome",
    "pairs",
    "effect",
    "p_value",
    "assignments",
    "adjusted_effect",
    "adjusted_p_value",
    "low",
    "high",
    "wednesday_to_friday_effect",
    "wednesday_to_friday_p_value",
)
BEFORE = "before"
"""Instead of an arm, of a week before the pilot."""


def csv_of(results: Results) -> str:
    """All of it as comma-separated text; the tables have an empty line between them."""
    text = io.StringIO()
    write = csv.writer(text).writerow
    write(WEEKS)
    for week in [*results.before, *results.weeks]:
        write(_week(week))
    if results.effects:
        write([])
        write(EFFECTS)
        for effect in results.effects:
            write(_effect(effect))
    if results.difference is not None:
        write([])
        write(("naive_difference_in_differences_biased",))
        write((results.difference.figure,))
    write([])
    write(("harm",))
    for harm in results.harms:
        write((harm.value,))
    return text.getvalue()


def _week(week: Week) -> list[Any]:
    totals = week.totals
    return [
        week.monday.isoformat(),
        week.arm or BEFORE,
        totals.offered,
        totals.attended,
        totals.use,
        FEW if totals.access.is_of_few else totals.access.value,
        totals.requests,
        totals.avoidable_idle,
        totals.late_loss,
        FEW if GROUP in totals.hidden else totals.group.value,
        FEW if OTHERS in totals.hidden else totals.others.value,
    ]


def _effect(effect: Effect) -> list[Any]:
    adjusted, interval, later = effect.adjusted, effect.interval, effect.later
    return [
        effect.measure.value,
        effect.pairs,
        effect.plain.effect,
        effect.plain.p_value,
        effect.plain.assignments,
        adjusted.effect if adjusted is not None else None,
        adjusted.p_value if adjusted is not None else None,
        interval.low if interval is not None else None,
        interval.high if interval is not None else None,
        later.effect if later is not None else None,
        later.p_value if later is not None else None,
    ]
