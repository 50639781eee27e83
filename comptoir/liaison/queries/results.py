"""What a pilot did, as far as it can be known: its weeks, its effect by weeks that were drawn, its harms.

The estimates are those of `domain.evaluation`. Everything is computed anew from the rows when it is looked
at, and may be looked at every week: the intervals hold for all looks together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile

from comptoir.domain import evaluation
from comptoir.domain.business_days import monday_of
from comptoir.domain.evaluation import Harm, Interval, Reading, Switchback
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import Arm, Measure, Pilot
from comptoir.liaison.queries import pilots, readings
from comptoir.liaison.queries.readings import Totals

WEEKS_BEFORE = 12
"""How many whole weeks before a pilot its weeks are compared with."""

ERROR = 0.05
"""How often an interval may miss the truth at some look: a default of ours."""


@dataclass(frozen=True, slots=True)
class Week:
    """A whole week that is past; `arm` is empty before the pilot."""

    monday: date
    arm: str
    totals: Totals

    @property
    def offered_minutes(self) -> int:
        return QUANTUM_MINUTES * self.totals.offered

    @property
    def attended_minutes(self) -> int:
        return QUANTUM_MINUTES * self.totals.attended


@dataclass(frozen=True, slots=True)
class Effect:
    """What the trial rule did to one outcome: without and with regard to how much was asked for.

    `interval` holds at this and at every other look; None while the weeks before say too little.
    """

    measure: Measure
    pairs: int
    plain: Switchback
    adjusted: Switchback | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The naive comparison: the fill of the group and of the others, before and since, and its figure."""

    group: tuple[float, float]
    others: tuple[float, float]
    figure: float


@dataclass(frozen=True, slots=True)
class Results:
    """All of it. `reading` is None until a week under the trial rule is past; `harms` is then what it shows."""

    before: list[Week]
    weeks: list[Week]
    effects: list[Effect]
    difference: Difference | None
    reading: Reading | None
    harms: tuple[Harm, ...]


def results_of(pilot: Pilot, today: date) -> Results:
    """The pilot's results from the whole weeks before `today`'s."""
    members = list(pilot.members.values_list("office_id", flat=True))
    begun, until = _whole_weeks(pilot, today)
    first = begun - timedelta(weeks=WEEKS_BEFORE)
    drawn = {drawn.week: drawn.arm for drawn in pilots.weeks_of(pilot)}
    found = readings.weekly(first, max(begun, until), members)
    before = _since_something([Week(on, "", each) for on, each in found.items() if on < begun])
    weeks = [
        Week(monday, drawn.get(monday, Arm.TRIAL), totals)
        for monday, totals in found.items()
        if monday >= begun
    ]
    reading = _reading(pilot, before, weeks)
    return Results(
        before=before,
        weeks=weeks,
        effects=_effects(pilot, before, weeks) if pilot.is_switchback else [],
        difference=None if pilot.is_switchback else _difference(before, weeks),
        reading=reading,
        harms=evaluation.harms(reading, pilot.harm_limits) if reading is not None else (),
    )


def _since_something(weeks: Sequence[Week]) -> list[Week]:
    """Without the first weeks of which nothing is known, as before the service began."""
    return list(dropwhile(lambda week: week.totals == Totals(), weeks))


def _whole_weeks(pilot: Pilot, today: date) -> tuple[date, date]:
    """The Mondays of the first whole week of the pilot, and of the first that is not one, or not past."""
    begun = monday_of(pilot.starts_on + timedelta(days=6))
    return begun, min(monday_of(pilot.until), monday_of(today))


def _effects(pilot: Pilot, before: Sequence[Week], weeks: Sequence[Week]) -> list[Effect]:
    measures = [Measure(code) for code in pilot.measures]
    planned = max(1, len(pilots.mondays(pilot.starts_on, pilot.ends_on)) // 2)
    found = (_effect(measure, before, weeks, planned) for measure in measures)
    return [effect for effect in found if effect is not None]


def _effect(
    measure: Measure, before: Sequence[Week], weeks: Sequence[Week], planned: int
) -> Effect | None:
    """Of the pairs of which both weeks have a value."""
    pairs = [
        pair
        for pair in zip(weeks[::2], weeks[1::2], strict=False)
        if all(week.totals.value(measure) is not None for week in pair)
    ]
    if not pairs:
        return None
    both = [week for pair in pairs for week in pair]
    values = [week.totals.value(measure) or 0.0 for week in both]
    volumes = [float(week.totals.all.requests) for week in both]
    arms = [evaluation.Arm(week.arm) for week in both]
    by_volume = measure != Measure.REQUESTS and len(pairs) > 2
    return Effect(
        measure,
        len(pairs),
        evaluation.switchback(values, arms),
        evaluation.switchback(values, arms, volumes) if by_volume else None,
        _interval(measure, before, evaluation.within_pairs(values, arms), planned),
    )


def _interval(
    measure: Measure, before: Sequence[Week], gains: Sequence[float], planned: int
) -> Interval | None:
    """The last of the confidence sequence; how much pairs differ by themselves is known from before."""
    known = [week.totals.value(measure) for week in before]
    moves = [
        second - first
        for first, second in zip(known[::2], known[1::2], strict=False)
        if first is not None and second is not None
    ]
    deviation = math.sqrt(sum(move**2 for move in moves) / len(moves)) if moves else 0.0
    if not deviation:
        return None
    scale = evaluation.mixture_scale(planned, ERROR)
    return evaluation.confidence_sequence(gains, deviation, scale, ERROR)[-1]


def _difference(before: Sequence[Week], weeks: Sequence[Week]) -> Difference | None:
    """None until both sides asked for something before and since."""
    was, now = _sum(before), _sum(weeks)
    sides = (was.group.fill, now.group.fill, was.others.fill, now.others.fill)
    known = [fill for fill in sides if fill is not None]
    if len(known) < len(sides):
        return None
    group, others = (known[0], known[1]), (known[2], known[3])
    figure = evaluation.naive_difference_in_differences(group, others)
    return Difference(group, others, figure)


def _reading(pilot: Pilot, before: Sequence[Week], weeks: Sequence[Week]) -> Reading | None:
    """The weeks under the trial rule together, against those under the common one: drawn, or before."""
    tried = [week for week in weeks if week.arm == Arm.TRIAL]
    base = [week for week in weeks if week.arm == Arm.BASE] if pilot.is_switchback else before
    now, was = _sum(tried), _sum(base)
    if not tried:
        return None
    fill = now.others.fill if now.others.fill is not None else 1.0
    return Reading(
        day_access=1.0 if now.day_access is None else now.day_access,
        others_fill=fill,
        others_fill_before=fill if was.others.fill is None else was.others.fill,
        avoidable_idle=now.avoidable_idle or 0.0,
    )


def _sum(weeks: Iterable[Week]) -> Totals:
    return sum((week.totals for week in weeks), Totals())
