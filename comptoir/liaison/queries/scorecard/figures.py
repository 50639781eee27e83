"""The figures of one week in the order of the page, less those that fewer than five offices stand behind.

A hidden figure has no number in it: neither a page nor a file can show it by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from comptoir.domain import bootstrap
from comptoir.domain.equity import Service
from comptoir.domain.evaluation import Interval
from comptoir.liaison.models import Apportionment, Pilot, Side
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import (
    access,
    capacity,
    displacement,
    evenness,
    intervals,
    rows,
)
from comptoir.liaison.queries.scorecard.access import Access, BusinessClock, Share, Wait
from comptoir.liaison.queries.scorecard.evenness import LEAST_OFFICES, Compared
from comptoir.liaison.queries.scorecard.pattern import pattern
from comptoir.liaison.queries.scorecard.values import Use

QUANTA_AN_HOUR = 4
LAST_OF_WEEK = timedelta(days=6)
REACH = timedelta(days=60)
"""For how long after a week its offices may have been offered a time: business hours are counted so far."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what it is of, what it was divided from. Hours are hours; a share is between 0 and 1.

    `interval` is that of `queries.scorecard.intervals`, of the figures that have one.
    """

    code: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    group: str = ""
    hidden: bool = False
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """The figures of one code: a single one, or one for each group."""

    code: str
    figures: tuple[Figure, ...]

    @property
    def is_grouped(self) -> bool:
        """Whether it compares groups."""
        return any(figure.group for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    code: str
    figures: tuple[Figure, ...]

    @property
    def is_grouped(self) -> bool:
        """Whether all of it compares groups."""
        return all(block.is_grouped for block in self.blocks())

    def blocks(self) -> list[Block]:
        """Its figures by code, in their order."""
        return [
            Block(code, tuple(found))
            for code, found in groupby(self.figures, key=lambda figure: figure.code)
        ]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The figures of a week, the office-days without access, where the need comes from, which pilots went on.

    `misses` name offices: they are for those who may see which office it is.
    """

    monday: date
    sections: tuple[Section, ...]
    misses: tuple[Access, ...]
    apportionment: Apportionment | None
    has_break: bool
    pilots: tuple[Pilot, ...]

    @property
    def seed(self) -> int:
        """From which its offices were drawn again."""
        return bootstrap.seed_of(self.monday)

    def figures(self) -> Iterator[Figure]:
        """All figures, in the order of the page."""
        return (figure for section in self.sections for figure in section.figures)


def scorecard(monday: date, rules: days.Rules) -> Scorecard | None:
    """The scorecard of the week from this Monday; None where nothing was on offer and nothing booked.

    A fixed number of statements, whatever the week held.
    """
    sunday = monday + LAST_OF_WEEK
    use = rows.load(monday, sunday, rules)
    if use.is_empty:
        return None
    need = rows.need(monday)
    about = rows.about_offices()
    top = evenness.top_offices(rows.attended_before(monday))
    services = evenness.services(use, need.by_office)
    tried = displacement.pilots_of(monday)
    office_days = access.office_days(use)
    waits = access.third_next_available(
        rows.looks(monday, sunday),
        BusinessClock(rows.worked(monday, sunday + REACH)),
        {office: one.chamber for office, one in about.items()},
    )
    groupings = evenness.groupings(about, top)
    compared = [evenness.compare(services, *each) for each in groupings.items()]
    shown = {each.grouping: (each, groupings[each.grouping]) for each in compared}
    weekly_floor = use.terms[monday].weekly_floor
    known = intervals.of_week(monday, use, office_days, weekly_floor, services, shown)
    return Scorecard(
        monday,
        _with_intervals(
            known,
            Section("capacity", tuple(_capacity(use))),
            Section("refill", tuple(_refills(use))),
            Section("access", tuple(_access(office_days, weekly_floor))),
            Section("wait", tuple(_waits(waits))),
            Section("evenness", tuple(_evenness(services, compared[0].theil.total))),
            *(Section(each.grouping.value, tuple(_compared(each))) for each in compared),
            Section("displacement", tuple(_displaced(monday, use, services, tried))),
            Section("pattern", of_pattern(use)),
            Section("directed", tuple(_directed(use))),
        ),
        tuple(access.floor_misses(office_days)),
        need.apportionment,
        bool(top),
        tuple(tried),
    )


def _with_intervals(known: intervals.Intervals, *sections: Section) -> tuple[Section, ...]:
    """The same, each figure with its interval if it has one; one that is left out has none."""
    return tuple(
        Section(
            section.code,
            tuple(
                replace(figure, interval=known.get((section.code, figure.code, figure.group)))
                if figure.value is not None
                else figure
                for figure in section.figures
            ),
        )
        for section in sections
    )


def _capacity(use: Use) -> Iterator[Figure]:
    offered = capacity.offered(use)
    yield Figure("offered", _hours(offered))
    yield Figure("attended", _hours(capacity.attended(use)))
    yield Figure("unrecorded", _hours(capacity.unrecorded(use)))
    for code, quanta in (
        ("use", capacity.attended(use)),
        ("late_loss", capacity.lost_late(use, Side.OFFICE)),
        ("late_loss_centre", capacity.lost_late(use, Side.CENTRE)),
        ("avoidable_idle", capacity.avoidably_idle(use)),
    ):
        yield _of_hours(code, quanta, offered)


def _refills(use: Use) -> Iterator[Figure]:
    for bucket, (again, given_up) in capacity.refills(use).items():
        yield _of_hours("refill", again, given_up, group=bucket)


def _access(office_days: Sequence[Access], weekly_floor: int) -> Iterator[Figure]:
    yield _share("day_access", access.day_access(office_days))
    yield _share("week_access", access.week_access(office_days, weekly_floor))
    yield Figure("floor_misses", len(access.floor_misses(office_days)))


def _waits(waits: dict[str, Wait]) -> Iterator[Figure]:
    for chamber, wait in waits.items():
        yield _unless(
            wait.offices < LEAST_OFFICES,
            Figure("third_next_available", wait.hours, group=chamber, denominator=wait.looks),
        )


def _evenness(services: dict[int, Service], theil: float) -> Iterator[Figure]:
    found = evenness.evenness(services)
    if found is None:
        return
    few = found.offices < LEAST_OFFICES
    yield _unless(few, _of_hours("served", found.attended, found.need))
    for code, value in (
        ("fill_median", found.fill.median),
        ("fill_tenth", found.fill.tenth),
        ("fill_fifth", found.fill.fifth),
        ("fill_under_half", found.fill.under_half),
        ("jain_of_fill", found.jain_of_fill),
        ("jain_of_hours", found.jain_of_hours),
        ("gini", found.gini),
        ("theil", theil),
    ):
        yield _unless(few, Figure(code, value, denominator=found.offices))


def _compared(compared: Compared) -> Iterator[Figure]:
    if not compared.groups:
        return
    few = sum(group.offices for group in compared.groups) < LEAST_OFFICES
    yield _unless(few, Figure("theil_between", compared.theil.between))
    yield _unless(few, Figure("theil_within", compared.theil.within))
    yield Figure("parity_gap", compared.parity_gap)
    for group in compared.groups:
        figure = _of_hours("served_of_group", group.attended, group.need, group=group.name)
        yield _unless(group.name in compared.hidden, figure)
    for group in compared.groups:
        figure = Figure("unmet_ratio", group.unmet_ratio, group=group.name)
        yield _unless(group.name in compared.hidden, figure)


def _displaced(
    monday: date, use: Use, services: dict[int, Service], tried: list[Pilot]
) -> Iterator[Figure]:
    """Without a pilot the base rule is the rule: nothing is computed, and nothing was displaced."""
    if not tried:
        yield Figure("displacement", 0.0)
        return
    found = displacement.of_use(monday, use, services, tried)
    for code, quanta in (
        ("others_served", found.attended),
        ("others_served_without", found.under_common_rule),
    ):
        yield _unless(found.hidden, _of_hours(code, quanta, found.need))
    gained = found.attended - found.under_common_rule
    yield _unless(found.hidden, _of_hours("displacement", gained, found.need))


def of_pattern(use: Use) -> tuple[Figure, ...]:
    """The figures of the memorandum's pattern, in this order whatever the week held."""
    found = pattern(use)
    return (
        _share("same_day", found.same_day),
        _share("last_minute", found.last_minute),
        _share("crowding", found.crowding),
        _share("others_access", found.others_access),
    )


def _directed(use: Use) -> Iterator[Figure]:
    found = capacity.directed(use)
    yield Figure("directed_offered", _hours(found.offered))
    yield _of_hours("directed_booked", found.booked, found.offered)
    yield _of_hours("directed_attended", found.attended, found.offered)


def _share(code: str, found: Share) -> Figure:
    """A share as a figure, unless too few offices stand behind it; of nothing there is nothing to hide."""
    few = 0 < found.offices < LEAST_OFFICES
    return _unless(few, Figure(code, found.value, found.part, found.whole))


def _unless(hidden: bool, figure: Figure) -> Figure:
    return Figure(figure.code, None, group=figure.group, hidden=True) if hidden else figure


def _of_hours(code: str, quanta: float, of: float, *, group: str = "") -> Figure:
    return Figure(code, quanta / of if of else None, _hours(quanta), _hours(of), group)


def _hours(quanta: float) -> float:
    return quanta / QUANTA_AN_HOUR
