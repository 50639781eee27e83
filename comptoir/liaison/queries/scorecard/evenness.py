"""How evenly the hours of a week met the need for them: by office, and by group of offices.

`domain.equity` has the indices. An office takes part if it needs something; the need is the published
one, or is estimated from what the offices attended before the week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from comptoir.domain import breaks, equity
from comptoir.domain.equity import FillSummary, Service, Theil
from comptoir.liaison.queries.scorecard.values import About, Use

LEAST_OFFICES = 5
"""Nothing is said of fewer offices: each could be recognized."""

BREAK_LEVEL = 0.05
"""A break less surprising than this parts nobody. The usual level of a test, a default of ours."""


class Grouping(StrEnum):
    """What offices are compared by. The party is not known here, and never will be."""

    CHAMBER = "chamber"
    PROVINCE = "province"
    LANGUAGE = "language"
    VOLUME = "volume"


class Volume(StrEnum):
    """The two sides of a break in what offices attended."""

    TOP = "top"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """How one group was served: S and D in quanta, F = S/D, Q = unmet ratio."""

    name: str
    offices: int
    attended: float
    need: float
    unmet_ratio: float | None

    @property
    def served(self) -> float:
        """F_g = S_g / D_g."""
        return self.attended / self.need


@dataclass(frozen=True, slots=True)
class Compared:
    """The groups of one grouping, which of them are too small to be shown, and how they differ.

    `parity_gap` is max F_g - min F_g over the groups that are shown; None for fewer than two.
    """

    grouping: Grouping
    groups: tuple[Group, ...]
    hidden: frozenset[str]
    theil: Theil
    parity_gap: float | None


@dataclass(frozen=True, slots=True)
class Evenness:
    """The indices over the offices with need. `jain_of_hours` and `jain_of_fill` disagree by design."""

    offices: int
    attended: float
    need: float
    fill: FillSummary
    jain_of_fill: float
    jain_of_hours: float
    gini: float


def services(use: Use, need: Mapping[int, float]) -> dict[int, Service]:
    """S_i and D_i of every office whose need is known."""
    attended: dict[int, int] = defaultdict(int)
    for tenure in use.tenures:
        if tenure.is_attended:
            attended[tenure.office] += tenure.quanta
    return {office: Service(attended[office], needed) for office, needed in need.items()}


def with_need(services: Mapping[int, Service]) -> dict[int, Service]:
    """The offices of which something can be said: those that need something."""
    return {office: service for office, service in services.items() if service.need > 0}


def evenness(services: Mapping[int, Service]) -> Evenness | None:
    """phi_i = min(1, S_i/D_i): its median, 5th and 10th percentile and the share under 0.5; Jain's index
    of phi and of S; Gini's of S/D. None where no office has any need.
    """
    counted = with_need(services)
    if not counted:
        return None
    return Evenness(
        offices=len(counted),
        attended=sum(one.attended for one in counted.values()),
        need=sum(one.need for one in counted.values()),
        fill=equity.fill_summary(counted),
        jain_of_fill=equity.jain(one.fill for one in counted.values()),
        jain_of_hours=equity.jain(one.attended for one in counted.values()),
        gini=equity.gini(one.ratio for one in counted.values()),
    )


def top_offices(attended: Mapping[int, float]) -> frozenset[int]:
    """The offices above the break in what they attended; nobody where there is no clear break."""
    try:
        found = breaks.find_break({office: [volume] for office, volume in attended.items()})
    except (breaks.BadVolumes, breaks.TooFewOffices, breaks.NoSpread):
        return frozenset()
    return found.above if found.p_value < BREAK_LEVEL else frozenset()


def groupings(about: Mapping[int, About], top: frozenset[int]) -> dict[Grouping, dict[int, str]]:
    """Which group each office belongs to; by volume only where some offices stand out."""
    found = {
        Grouping.CHAMBER: {office: one.chamber for office, one in about.items()},
        Grouping.PROVINCE: {office: one.province for office, one in about.items()},
        Grouping.LANGUAGE: {office: one.language for office, one in about.items()},
    }
    if top:
        found[Grouping.VOLUME] = {
            office: Volume.TOP if office in top else Volume.OTHER for office in about
        }
    return found


def compare(
    services: Mapping[int, Service], grouping: Grouping, group_of: Mapping[int, str]
) -> Compared:
    """F_g and the unmet ratio Q_g = [(D_g - S_g)/(D - S)] / (D_g/D) of each group with need; the
    need-weighted Theil index between and within groups; the parity gap.
    """
    counted = with_need(services)
    ratios = equity.unmet_ratios(counted, group_of) or {}
    members: dict[str, list[Service]] = {}
    for office, one in counted.items():
        members.setdefault(group_of[office], []).append(one)
    groups = tuple(
        Group(
            name,
            len(them),
            sum(one.attended for one in them),
            sum(one.need for one in them),
            ratios.get(name),
        )
        for name, them in sorted(members.items())
    )
    hidden = too_small({group.name: group.offices for group in groups})
    shown = {pk: one for pk, one in counted.items() if group_of[pk] not in hidden}
    return Compared(
        grouping,
        groups,
        hidden,
        equity.theil(counted, group_of),
        equity.parity_gap(shown, group_of) if len(groups) - len(hidden) > 1 else None,
    )


def too_small(sizes: Mapping[str, int]) -> frozenset[str]:
    """The groups of fewer than five offices, and as many more that what is left out cannot be told.

    The whole is shown too: a single small group would be the whole less the others. So the smallest
    other groups are left out with it, until five offices are left out.
    """
    hidden = {name for name, size in sizes.items() if size < LEAST_OFFICES}
    others = sorted(sizes.keys() - hidden, key=lambda name: (sizes[name], name))
    while others and 0 < sum(sizes[name] for name in hidden) < LEAST_OFFICES:
        hidden.add(others.pop(0))
    return frozenset(hidden)
