"""What one professional works on one date: patterns and exceptions, less absences, plus extra hours.

The result is masks of the day's grid. What is not a whole quarter hour inside worked time is not
offered, so an absence of a minute takes away the quarter hour it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from comptoir.domain import patterns
from comptoir.domain.grid import QUANTUM, Grid
from comptoir.domain.patterns import OneOff, Weekly
from comptoir.domain.periods import Period, subtract


class ClockChangeInGrid(ValueError):
    """A service day must lie clear of clock changes: else its quarter hours have no wall time."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Time beyond the pattern that was approved; `key` is how the caller knows it again."""

    key: int
    period: Period


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides when one professional works, over whatever dates were loaded."""

    zone: ZoneInfo
    weekly: tuple[Weekly, ...] = ()
    exceptions: tuple[OneOff, ...] = ()
    absences: tuple[Period, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """A date's quarter hours, and those of them that come from each extra alone."""

    mask: int = 0
    from_extras: Mapping[int, int] = field(default_factory=dict)


def service_grid(on: date, starts: time, quanta: int, zone: ZoneInfo) -> Grid:
    """The grid of a service day: `quanta` quarter hours from `starts` on the service's wall clock.

    Raises ClockChangeInGrid if the clock changes within it.
    """
    start = datetime.combine(on, starts, zone)
    grid = Grid(start.astimezone(UTC), quanta)
    end = grid.instant(quanta).astimezone(zone)
    if end.utcoffset() != start.utcoffset():
        raise ClockChangeInGrid(f"{on}, {quanta} quarter hours from {starts} in {zone}")
    return grid


def worked(on: date, grid: Grid, plan: Plan) -> Worked:
    """The quarter hours worked on `on`, a day on which the centre is open.

    Absences win over everything. A quarter hour that the pattern offers anyway is not counted as
    extra, and one that two extras give belongs to the first.
    """
    usual = patterns.expand(on, plan.zone, plan.weekly, plan.exceptions)
    seen = _mask(grid, subtract(usual, plan.absences))
    everything = [*usual, *(extra.period for extra in plan.extras)]
    mask = _mask(grid, subtract(everything, plan.absences))
    from_extras = {}
    for extra in plan.extras:
        added = _mask(grid, subtract([extra.period], plan.absences)) & ~seen
        if added:
            from_extras[extra.key] = added
            seen |= added
    return Worked(mask, from_extras)


def beyond(grid: Grid, periods: Iterable[Period]) -> list[Period]:
    """The parts of `periods` that the day's grid does not cover, and so cannot be offered."""
    return subtract(periods, [Period(grid.starts_at, grid.starts_at + grid.quanta * QUANTUM)])


def _mask(grid: Grid, periods: Iterable[Period]) -> int:
    mask = 0
    for period in periods:
        mask |= grid.mask(period)
    return mask
