"""The intervals of the scorecard's shares and indices, by drawing the offices of the week again.

For use, loss and access these are all offices that needed, had or asked for anything in the week; for need
met those with need. Of fewer than five there is no interval. `domain.bootstrap` has the method.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from comptoir.domain import bootstrap
from comptoir.domain.bootstrap import Column, Groups, Resampled
from comptoir.domain.equity import Service
from comptoir.domain.evaluation import Interval
from comptoir.liaison.models import Side
from comptoir.liaison.queries.scorecard import access, capacity, evenness
from comptoir.liaison.queries.scorecard.access import Access
from comptoir.liaison.queries.scorecard.evenness import LEAST_OFFICES, Compared, Grouping
from comptoir.liaison.queries.scorecard.values import Use

Key = tuple[str, str, str]
"""Section, figure, group."""

Intervals = Mapping[Key, Interval]
Found = Iterator[tuple[Key, Column]]


def of_week(
    monday: date,
    use: Use,
    office_days: Sequence[Access],
    weekly_floor: int,
    services: Mapping[int, Service],
    compared: Mapping[Grouping, tuple[Compared, Mapping[int, str]]],
) -> Intervals:
    """Every interval of a week, of the groups that are shown. Nothing is asked of the database."""
    seed = bootstrap.seed_of(monday)
    counted = dict(sorted(evenness.with_need(services).items()))
    had, asked = {one.office for one in use.tenures}, {one.office for one in use.asked}
    taking_part = counted.keys() | had | asked
    found: list[tuple[Key, Column]] = []
    if len(taking_part) >= LEAST_OFFICES:
        drawn, offices = Resampled.of(len(taking_part), seed), sorted(taking_part)
        found += _of_capacity(drawn, offices, use)
        found += _of_access(drawn, offices, office_days, weekly_floor)
    if len(counted) >= LEAST_OFFICES:
        drawn = Resampled.of(len(counted), seed)
        attended = np.array([float(one.attended) for one in counted.values()])
        needed = np.array([float(one.need) for one in counted.values()])
        found += _of_evenness(drawn, attended, needed)
        for each, group_of in compared.values():
            groups = Groups.of(drawn, attended, needed, [group_of[office] for office in counted])
            whole = bootstrap.theil(drawn, attended, needed)
            found += _of_groups(each, groups, whole)
    known = ((key, bootstrap.interval(values)) for key, values in found)
    return {key: interval for key, interval in known if interval is not None}


def _of_capacity(drawn: Resampled, offices: Sequence[int], use: Use) -> Found:
    offered = float(capacity.offered(use))
    for code, of_office in (
        ("use", capacity.attended_of(use)),
        ("late_loss", capacity.lost_late_of(use, Side.OFFICE)),
        ("late_loss_centre", capacity.lost_late_of(use, Side.CENTRE)),
        ("avoidable_idle", capacity.avoidably_idle_of(use)),
    ):
        yield ("capacity", code, ""), bootstrap.ratio(drawn, _column(offices, of_office), offered)


def _of_access(
    drawn: Resampled, offices: Sequence[int], office_days: Iterable[Access], weekly_floor: int
) -> Found:
    given: dict[int, int] = defaultdict(int)
    asked: dict[int, int] = defaultdict(int)
    for day in office_days:
        given[day.office] += day.is_given
        asked[day.office] += 1
    of_days = bootstrap.ratio(drawn, _column(offices, given), _column(offices, asked))
    yield ("access", "day_access", ""), of_days
    got = access.had_week(office_days, weekly_floor)
    of_weeks = _column(offices, got), _column(offices, dict.fromkeys(got, 1))
    yield ("access", "week_access", ""), bootstrap.ratio(drawn, *of_weeks)


def _of_evenness(drawn: Resampled, attended: Column, needed: Column) -> Found:
    ratios = attended / needed
    fill = np.minimum(1.0, ratios)
    under_half, each = (fill < 0.5).astype(np.float64), np.ones_like(fill)
    for code, values in (
        ("served", bootstrap.ratio(drawn, attended, needed)),
        ("fill_median", bootstrap.percentile(drawn, fill, 0.5)),
        ("fill_tenth", bootstrap.percentile(drawn, fill, 0.10)),
        ("fill_fifth", bootstrap.percentile(drawn, fill, 0.05)),
        ("fill_under_half", bootstrap.ratio(drawn, under_half, each)),
        ("jain_of_fill", bootstrap.jain(drawn, fill)),
        ("jain_of_hours", bootstrap.jain(drawn, attended)),
        ("gini", bootstrap.gini(drawn, ratios)),
        ("theil", bootstrap.theil(drawn, attended, needed)),
    ):
        yield ("evenness", code, ""), values


def _of_groups(compared: Compared, groups: Groups, theil: Column) -> Found:
    section, between = compared.grouping.value, groups.theil_between()
    yield (section, "theil_between", ""), between
    yield (section, "theil_within", ""), theil - between
    shown = [group.name for group in compared.groups if group.name not in compared.hidden]
    if len(shown) > 1:
        yield (section, "parity_gap", ""), groups.parity_gap(shown)
    served, unmet = groups.served(), groups.unmet_ratios()
    for name in shown:
        yield (section, "served_of_group", name), served[name]
        yield (section, "unmet_ratio", name), unmet[name]


def _column(offices: Sequence[int], of_office: Mapping[int, float]) -> Column:
    return np.array([float(of_office.get(office, 0)) for office in offices])
