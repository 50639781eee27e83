"""What a pilot did, as far as it can be known: its weeks, its effect by weeks that were drawn, its harms.

The estimates are those of `domain.evaluation`. Everything is computed anew from the rows when it is looked
at, and may be looked at every week: the intervals hold for all looks together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
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
    """A whole week that is past; `arm` is empty before the pilot. `later` is its Wednesday to Friday."""

    monday: date
    arm: str
    totals: Totals
    later: Totals

    @property
    def offered_minutes(self) -> int:
        return QUANTUM_MINUTES * self.totals.offered

    @property
    def attended_minutes(self) -> int:
        return QUANTUM_MINUTES * self.totals.attended


@dataclass(frozen=True, slots=True)
class Effect:
    """What the trial rule did to one outcome: without and with regard to how much was asked for.

    `later` is without Mondays and Tuesdays, to which a week's rule carries requests of the week before
    (capacity model, section 5). `interval` holds at this and at every other look; None while the weeks
    before say too little.
    """

    measure: Measure
    pairs: int
    plain: Switchback
    adjusted: Switchback | None
    later: Switchback | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The naive comparison: need met in the group and outside, before and since, and its figure."""

    group: tuple[float, float]
    others: tuple[float, float]
    figure: float


@dataclass(frozen=True, slots=True)
class Results:
    """All of it. `reading` is None until a week under the trial rule is past; `harms` is then what it shows.

    Of some harms only that they are there may be said, since fewer than five offices stand behind the
    figure: they are in `unsaid`. `is_of_few`: so it is with the comparison of group and others.
    """

    before: list[Week]
    weeks: list[Week]
    effects: list[Effect]
    difference: Difference | None
    reading: Reading | None
    harms: tuple[Harm, ...]
    unsaid: frozenset[Harm]
    is_of_few: bool

    @property
    def last_tried(self) -> date | None:
        """The Monday of the last whole week under the trial rule that is past."""
        return max((week.monday for week in self.weeks if week.arm == Arm.TRIAL), default=None)


def results_of(pilot: Pilot, today: date) -> Results:
    """The pilot's results from the whole weeks before `today`'s."""
    members = list(pilot.members.values_list("office_id", flat=True))
    begun, until = _whole_weeks(pilot, today)
    first = begun - timedelta(weeks=WEEKS_BEFORE)
    drawn = {drawn.week: drawn.arm for drawn in pilots.weeks_of(pilot)}
    # Of a pilot to come, too, only weeks that are past are read.
    last = min(max(begun, until), monday_of(today))
    found = readings.weekly(first, last, members) if last > first else {}
    read = [
        Week(on, "" if on < begun else drawn.get(on, Arm.TRIAL), one.totals, one.from_wednesday)
        for on, one in found.items()
    ]
    before = _since_something([week for week in read if not week.arm])
    weeks = [week for week in read if week.arm]
    tried = [week for week in weeks if week.arm == Arm.TRIAL]
    base = [week for week in weeks if week.arm == Arm.BASE] if pilot.is_switchback else before
    now, was = _sum(tried), _sum(base)
    reading = _reading(now, was) if tried else None
    return Results(
        before=before,
        weeks=weeks,
        effects=_effects(pilot, before, weeks) if pilot.is_switchback else [],
        difference=None if pilot.is_switchback else _difference(was, now),
        reading=reading,
        harms=evaluation.harms(reading, pilot.harm_limits) if reading is not None else (),
        unsaid=_unsaid(was, now),
        is_of_few=not pilot.is_switchback and bool(was.hidden | now.hidden),
    )


def _since_something(weeks: Sequence[Week]) -> list[Week]:
    """Without the first weeks of which nothing is known, as before the service began."""
    return list(dropwhile(lambda week: week.totals.is_empty, weeks))


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
    known = _in_pairs(weeks, lambda week: week.totals.value(measure))
    if not known:
        return None
    values, arms = [value for _, value in known], [_arm(week) for week, _ in known]
    volumes = [float(week.totals.requests) for week, _ in known]
    pairs = len(known) // 2
    by_volume = measure != Measure.REQUESTS and pairs > 2
    later = _in_pairs(weeks, lambda week: week.later.value(measure))
    return Effect(
        measure,
        pairs,
        evaluation.switchback(values, arms),
        evaluation.switchback(values, arms, volumes) if by_volume else None,
        evaluation.switchback([value for _, value in later], [_arm(week) for week, _ in later])
        if later
        else None,
        _interval(measure, before, evaluation.within_pairs(values, arms), planned),
    )


def _in_pairs(
    weeks: Sequence[Week], value_of: Callable[[Week], float | None]
) -> list[tuple[Week, float]]:
    """The weeks of whole pairs with their values, without the pairs that lack one."""
    found: list[tuple[Week, float]] = []
    for pair in zip(weeks[::2], weeks[1::2], strict=False):
        known = [(week, value) for week in pair if (value := value_of(week)) is not None]
        if len(known) == len(pair):
            found += known
    return found


def _arm(week: Week) -> evaluation.Arm:
    return evaluation.Arm(week.arm)


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


def _difference(was: Totals, now: Totals) -> Difference | None:
    """None until both sides needed something before and since, and where few offices stand behind one."""
    sides = (was.group.value, now.group.value, was.others.value, now.others.value)
    known = [served for served in sides if served is not None]
    if len(known) < len(sides) or was.hidden or now.hidden:
        return None
    group, others = (known[0], known[1]), (known[2], known[3])
    figure = evaluation.naive_difference_in_differences(group, others)
    return Difference(group, others, figure)


def _reading(now: Totals, was: Totals) -> Reading:
    """The weeks under the trial rule together, against those under the common one: drawn, or before."""
    served = now.others.value if now.others.value is not None else 1.0
    return Reading(
        day_access=1.0 if now.access.value is None else now.access.value,
        others_fill=served,
        others_fill_before=served if was.others.value is None else was.others.value,
        avoidable_idle=now.avoidable_idle or 0.0,
    )


def _unsaid(was: Totals, now: Totals) -> frozenset[Harm]:
    few = {
        Harm.DAY_ACCESS: now.access.is_of_few,
        Harm.OTHERS_FILL: readings.OTHERS in now.hidden | was.hidden,
    }
    return frozenset(harm for harm, is_of_few in few.items() if is_of_few)


def _sum(weeks: Iterable[Week]) -> Totals:
    return sum((week.totals for week in weeks), Totals())
