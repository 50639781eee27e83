"""Pilots as they are read: which go on, whom they concern, what they cost every other office."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.rule import DAYS_A_WEEK
from comptoir.liaison.models import Arm, Pilot, PilotOffice, PilotWeek, Policy
from comptoir.ui import statements

OPENING = ("horizon_business_days", "batch_minutes", "opens_at")
"""From when a day can be booked. Whoever could book the newest one sooner would pass its draw (ADR 0015)."""

ALIKE = (
    *OPENING,
    "kept_longer_minutes",
    "most_filed_a_day",
    "first_place_days",
    "pattern_prior_late",
    "pattern_prior_kept",
    "pattern_share_percent",
    "pattern_certainty_percent",
    "pattern_least_late",
    "pattern_window_days",
    "pattern_clean_days",
    "confirm_before_minutes",
    "excuses_checked_percent",
)
"""What a group has in common with everybody under any rule: the opening, who comes first, who is trusted."""

SHARED = (
    *ALIKE,
    "nested",
    "least_notice_minutes",
    "floor_minutes",
    "miss_per_mille",
    "take_up_percent",
    "release_at",
    "ramp_minutes",
    "standby_minutes",
    "weekly_floor_minutes",
    "allotted_percent",
    "alpha_percent",
    "headroom_percent",
    "movement_percent",
)
"""What it has in common with everybody where hours are kept: what is kept for whom, from when and until when.

A group for which less was kept, or which might take it sooner, would take others' floors.
"""

ALLOTTING = {
    "weekly_floor_minutes",
    "allotted_percent",
    "alpha_percent",
    "headroom_percent",
    "movement_percent",
}
"""What allowances are computed from."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What is kept of an ordinary day for the offices of a group alone, in minutes, and of how much."""

    offices: int
    kept: int
    offered: int

    @property
    def percent(self) -> float | None:
        """How much less the others have, in percent of the day; None while no day is published."""
        return 100 * self.kept / self.offered if self.offered else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A pilot that has not ended, as every office may know it."""

    pilot: Pilot
    cost: Cost
    members: frozenset[int]
    trial_weeks: list[date]


def listed() -> QuerySet[Pilot]:
    """Every pilot, the latest first, with the number of its offices."""
    found = Pilot.objects.select_related("policy").annotate(offices=Count("members"))
    return found.order_by("-starts_on", "-pk")


def members_of(pilot: Pilot) -> QuerySet[PilotOffice]:
    """The offices of its group, by name."""
    found = pilot.members.select_related("office__district")
    return found.order_by("office__sort_name", "office_id")


def weeks_of(pilot: Pilot) -> list[PilotWeek]:
    """The weeks that were drawn, in order."""
    return list(pilot.weeks.order_by("week"))


def going_on(today: date) -> list[Shown]:
    """Pilots that have not ended, the soonest first, each with what it costs."""
    found = running(today, date.max)
    return [
        Shown(
            pilot,
            cost(pilot, pilot.members.all(), today),
            frozenset(member.office_id for member in pilot.members.all()),
            sorted(drawn.week for drawn in pilot.weeks.all() if drawn.arm == Arm.TRIAL),
        )
        for pilot in found.prefetch_related("members", "weeks")
    ]


def running(first: date, until: date) -> QuerySet[Pilot]:
    """Pilots with a day from `first` to before `until`, in order; one stopped before it began has none."""
    found = Pilot.objects.filter(starts_on__lt=until, ends_on__gt=first).filter(
        Q(stopped_on=None) | Q(stopped_on__gt=first) & Q(stopped_on__gt=F("starts_on"))
    )
    return found.select_related("policy").order_by("starts_on", "pk")


def members_between(first: date, until: date) -> set[int]:
    """The offices in the group of a pilot with a day from `first` to before `until`."""
    pilots = running(first, until).values_list("pk", flat=True)
    members = PilotOffice.objects.filter(pilot__in=list(pilots))
    return set(members.values_list("office_id", flat=True))


def touched(trial: Policy, common: Policy) -> list[str]:
    """What of the trial rule differs from the common one though it must not for a group of offices."""
    shared = SHARED if trial.nested or common.nested else ALIKE
    return [name for name in shared if getattr(trial, name) != getattr(common, name)]


def allots_otherwise(trial: Policy, common: Policy) -> bool:
    """Whether allowances would be others under the trial rule, so that they must be published for it."""
    return trial.nested and (not common.nested or bool({*touched(trial, common)} & ALLOTTING))


def common_rules(first: date, until: date) -> list[Policy]:
    """The common versions that are in force on some day from `first` to before `until`, in order."""
    last_of_its_day = {
        policy.valid_from: policy
        for policy in Policy.objects.common()
        .filter(valid_from__lt=until)
        .order_by("valid_from", "version")
    }
    begun = [on for on in last_of_its_day if on <= first]
    return [one for on, one in last_of_its_day.items() if on > first or on == max(begun)]


def disturbed_by(draft: Policy) -> Pilot | None:
    """The pilot, if any, that could not go on as it was planned if the draft were set.

    Weeks that are drawn are compared with weeks of one common rule; a group shares with all others what
    is kept for whom.
    """
    first = draft.valid_from
    later = Policy.objects.common().filter(valid_from__gt=first).order_by("valid_from").first()
    for pilot in running(first, later.valid_from if later is not None else date.max):
        if pilot.is_switchback and pilot.starts_on < first:
            return pilot
        if not pilot.is_switchback and touched(pilot.policy, draft):
            return pilot
    return None


# Hours directed at members alone; what others may book as well is not the pilot's.
_DAYS = """
SELECT count(*), sum(offered), count(*) FILTER (WHERE in_pilot), sum(directed) FILTER (WHERE in_pilot)
  FROM (
    SELECT day.on >= %(first)s AND day.on < %(until)s AS in_pilot,
           sum(bit_count(hours.mask::bit(64))) AS offered,
           sum(bit_count((hours.mask & COALESCE((
               SELECT bit_or(reserved.mask) FROM roster_reservedhours reserved
                WHERE reserved.hours_id = hours.id AND reserved.offices <> '{}'
                  AND reserved.offices <@ %(members)s::bigint[]), 0))::bit(64))) AS directed
      FROM roster_serviceday day
      JOIN roster_offeredhours hours ON hours.day_id = day.id AND hours.mask > 0
     WHERE day.on >= %(today)s
     GROUP BY day.on) of_day
"""


def cost(pilot: Pilot, members: Iterable[PilotOffice], today: date) -> Cost:
    """What the group's offices are allotted beside their allowances, a fifth of it a day, and what is
    directed at them alone on the days of the pilot that are published.
    """
    group = list(members)
    values = {
        "today": today,
        "first": pilot.starts_on,
        "until": pilot.until,
        "members": [member.office_id for member in group],
    }
    ((days, offered, days_in, directed),) = statements.rows(_DAYS, values)
    extra = sum(member.extra_quanta for member in group) / DAYS_A_WEEK
    kept = extra + (int(directed) / days_in if days_in else 0)
    a_day = int(offered) / days if days else 0
    return Cost(len(group), round(QUANTUM_MINUTES * kept), round(QUANTUM_MINUTES * a_day))


def mondays(first: date, until: date) -> list[date]:
    """The Mondays from `first`, one itself, to before `until`."""
    return [first + timedelta(days=ahead) for ahead in range(0, (until - first).days, 7)]


def elsewhere(draft: Pilot, offices: Collection[int]) -> tuple[Pilot, list[PilotOffice]] | None:
    """Another pilot of its days that concerns one of these offices, and which of its members they are.

    A pilot by weeks concerns every office, and is found, or finds any other, with no members.
    """
    for pilot in running(draft.starts_on, draft.ends_on):
        if pilot.is_switchback or draft.is_switchback:
            return pilot, []
        both = list(pilot.members.filter(office__in=offices).select_related("office"))
        if both:
            return pilot, both
    return None
