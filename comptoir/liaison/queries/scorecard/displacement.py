"""What a pilot takes from the offices outside of it: their need met, less what it would have been without.

Displacement = F of the others as it was - F of the others had the whole week followed the common rule,
F = attended / needed. The second comes from `domain.replay`, whose assumptions it has. Without a pilot
the rule in force is the common one, and it is 0 by construction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Sum

from comptoir.domain import replay, rule
from comptoir.domain.equity import Service
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.replay import Terms, Week
from comptoir.domain.service_day import Day, ProfessionalHours, Reserve
from comptoir.liaison.models import Allowance, Apportionment, Arm, Credit, Pilot, Policy
from comptoir.liaison.queries import days, pilots
from comptoir.liaison.queries.scorecard import capacity, evenness, recorded, rows
from comptoir.liaison.queries.scorecard.values import WEEK, Hours, Kept, Use
from comptoir.people.models import Office, OfficeStatus
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock

GROUP, OTHERS = "group", "others"
LAST_OF_WEEK = timedelta(days=6)
LONGEST_BREAK = timedelta(days=14)
"""How far back the service day before a Monday is looked for."""


@dataclass(frozen=True, slots=True)
class Displacement:
    """What the other offices attended and would have attended, of what they need, in quanta of the week.

    `hidden`: fewer than five offices stand behind it, or would be told by it.
    """

    monday: date
    attended: float
    under_common_rule: float
    need: float
    hidden: bool

    @property
    def served(self) -> float | None:
        """F of the others as it was."""
        return self._of_need(self.attended)

    @property
    def served_without(self) -> float | None:
        """F of the others under the common rule."""
        return self._of_need(self.under_common_rule)

    @property
    def value(self) -> float | None:
        """The difference of the two: below nought they lost. None where they need nothing."""
        return self._of_need(self.attended - self.under_common_rule)

    def _of_need(self, quanta: float) -> float | None:
        return quanta / self.need if self.need else None


def pilots_of(monday: date) -> list[Pilot]:
    """The pilots that had an office follow another rule in this week. Three statements at most."""
    found = pilots.running(monday, monday + WEEK).prefetch_related("members", "weeks")
    return [
        pilot
        for pilot in found
        if not pilot.is_switchback
        or any(drawn.week == monday and drawn.arm == Arm.TRIAL for drawn in pilot.weeks.all())
    ]


def of_week(monday: date) -> Displacement | None:
    """What the pilots of a past week displaced; None without any. A fixed number of statements."""
    tried = pilots_of(monday)
    if not tried:
        return None
    use = rows.load(monday, monday + LAST_OF_WEEK, days.load_rules())
    return of_use(monday, use, evenness.services(use, rows.need(monday).by_office), tried)


def of_use(
    monday: date, use: Use, services: Mapping[int, Service], tried: Collection[Pilot]
) -> Displacement:
    """The same, of a week that is loaded. The others are all offices in no group of these pilots."""
    members = {member.office_id for pilot in tried for member in pilot.members.all()}
    counted = evenness.with_need(services)
    others = {office: one for office, one in counted.items() if office not in members}
    sizes = {OTHERS: len(others), GROUP: len(counted) - len(others)}
    hidden = evenness.too_small({side: size for side, size in sizes.items() if size})
    had = under_common_rule(monday, use, members)
    return Displacement(
        monday,
        attended=sum(one.attended for one in others.values()),
        under_common_rule=sum(had.get(office, 0) for office in others),
        need=sum(one.need for one in others.values()),
        hidden=OTHERS in hidden,
    )


def under_common_rule(monday: date, use: Use, members: Collection[int]) -> dict[int, int]:
    """Quanta that each office would have attended, had there been no pilot with these members."""
    week = _week(monday, use, members)
    grids = {on: day.grid for on, day in week.days.items()}
    happened = recorded.load(monday, monday + LAST_OF_WEEK, grids)
    return replay.attended(replay.run(week, happened.events).places, happened.was_attended)


def _week(monday: date, use: Use, members: Collection[int]) -> Week:
    """The days on which anything was on offer, under the common rule; what it allots to whom."""
    common = {one.valid_from: one for one in pilots.common_rules(monday, monday + WEEK)}
    by_day: dict[date, list[tuple[Hours, int]]] = {}
    for hours, mask in capacity.masks_on_offer(use):
        if mask:
            by_day.setdefault(hours.on, []).append((hours, mask))
    worked = _last_worked_before(monday)
    found: dict[date, Day] = {}
    for on in sorted(by_day):
        policy = rule.in_force(common, on)
        found[on] = _day(by_day[on], policy, worked or on - timedelta(days=1), members)
        worked = on
    policy = rule.in_force(common, monday)
    return Week(found, _terms(monday, policy) if policy is not None else {})


def _day(
    offered: Collection[tuple[Hours, int]],
    policy: Policy | None,
    before: date,
    members: Collection[int],
) -> Day:
    """As it was published. What is kept for members alone is the pilot's, and here is anybody's."""
    zone = clock.service_zone()
    first = next(hours for hours, _ in offered)
    return Day(
        on=first.on,
        grid=replace(first.grid, starts_at=first.grid.starts_at.astimezone(zone)),
        rule=days.as_rule(policy) if policy is not None else None,
        last_bookable=first.on,
        hours=tuple(
            ProfessionalHours(
                hours.professional, hours.languages, mask, 0, _reserves(hours.kept, members)
            )
            for hours, mask in offered
        ),
        released_at=datetime.combine(before, policy.release_at, zone) if policy else None,
    )


def _reserves(kept: Collection[Kept], members: Collection[int]) -> tuple[Reserve, ...]:
    return tuple(Reserve(one.mask, one.offices) for one in kept if not one.offices <= {*members})


def _last_worked_before(monday: date) -> date | None:
    """The service day before the week, on which what is allotted of its first day is released."""
    found = ServiceDay.objects.filter(
        on__gte=monday - LONGEST_BREAK, on__lt=monday, hours__mask__gt=0
    )
    return found.order_by("-on").values_list("on", flat=True).first()


def _terms(monday: date, policy: Policy) -> dict[int, Terms]:
    """What every active office is allotted under the common rule: its own allowances, and credits."""
    published = Apportionment.objects.filter(valid_from__lte=monday, policy__for_pilot=False)
    rows_of = Allowance.objects.filter(
        apportionment__in=published.order_by("-valid_from").values("pk")[:1]
    )
    allotted = {
        office: (quanta, chance)
        for office, quanta, chance in rows_of.values_list("office_id", "quanta", "chance")
    }
    owed = (
        Credit.objects.filter(week=monday).order_by().values("office").annotate(sum=Sum("quanta"))
    )
    credits = dict(owed.values_list("office", "sum"))
    least = policy.weekly_floor_minutes // QUANTUM_MINUTES
    active = Office.objects.filter(status=OfficeStatus.ACTIVE).values_list("pk", flat=True)
    found: dict[int, Terms] = {}
    for office in active:
        quanta, chance = allotted.get(office, (0, 1.0))
        found[office] = Terms(max(quanta, least) + credits.get(office, 0), chance)
    return found
