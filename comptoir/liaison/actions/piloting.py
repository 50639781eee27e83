"""Beginning a pilot of another rule, and stopping it before its end. What is booked stays booked.

A pilot needs no job: which rule governs a day is read from its rows (`queries.in_force`), so that it
begins and ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain import evaluation
from comptoir.domain.rule import House
from comptoir.liaison.actions import ruling
from comptoir.liaison.models import STOPPING, Measure, Pilot, PilotOffice, PilotWeek, Policy
from comptoir.liaison.queries import days, pilots, versions
from comptoir.people.models import Office, OfficeStatus, Person
from comptoir.roster import queries as roster
from comptoir.ui import clock

LONGEST = timedelta(days=366)
"""A pilot that lasts longer is a rule, and should be set as one."""

WEEKS_OF_A_PAIR = 2


class CannotStartPilot(Exception):
    """Nothing was begun."""


class StartsInThePast(CannotStartPilot):
    """A day that has begun is governed by the rule it began under."""


class StartsTooFarAhead(CannotStartPilot):
    """The first day is more than a year away."""


class EndsBeforeItStarts(CannotStartPilot):
    """The common rule would hold again on the first day already, or before it."""


class LastsTooLong(CannotStartPilot):
    """It would go on for more than a year."""


class NotWholeWeeks(CannotStartPilot):
    """Weeks are drawn: the first day and the day after the last one must be Mondays."""


class OddWeeks(CannotStartPilot):
    """Weeks are drawn in pairs."""


class TooManyWeeks(CannotStartPilot):
    """The exact test does not go through so many assignments."""


class WeekIsOpen(CannotStartPilot):
    """The first week can be booked already; `first` is the first Monday that cannot."""

    def __init__(self, first: date) -> None:
        super().__init__(first)
        self.first = first


class NothingMeasured(CannotStartPilot):
    """No outcome is registered, so that nothing could be found."""


class UnknownMeasure(CannotStartPilot):
    """One of the outcomes is none that is computed."""


class NoMembers(CannotStartPilot):
    """A group has at least one office."""


class GroupOfAll(CannotStartPilot):
    """Weeks that are drawn concern every office: there is no group."""


class NotActive(CannotStartPilot):
    """Some of the offices book no more; `offices` are those."""

    def __init__(self, offices: list[Office]) -> None:
        super().__init__([office.pk for office in offices])
        self.offices = offices


class InAnotherPilot(CannotStartPilot):
    """Another pilot concerns these offices on some of these days; no `offices`: it concerns all."""

    def __init__(self, pilot: Pilot, offices: list[Office]) -> None:
        super().__init__(pilot.pk, [office.pk for office in offices])
        self.pilot = pilot
        self.offices = offices


class NoCommonRule(CannotStartPilot):
    """No common rule is in force on the first day: there is nothing to compare with."""


class TakesFromOthers(CannotStartPilot):
    """What is kept for whom would differ for the group; `names` are the fields of the rule concerned."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.names = names


class ExtraWithoutAllowances(CannotStartPilot):
    """Nothing is allotted under this rule, so nothing can be added to it."""


class ExtraOverWeek(CannotStartPilot):
    """What is allotted and what the group is given beside it are more than a week has."""


class NothingTried(CannotStartPilot):
    """The trial rule says what the common one does, and nobody has anything extra."""


class CannotStopPilot(Exception):
    """It goes on, or has ended already."""


class EndsAnyway(CannotStopPilot):
    """The common rule holds again tomorrow, or does already."""


class NoReason(CannotStopPilot):
    """A stop says why, for those who read the results."""


@transaction.atomic
def start_pilot(
    *, pilot: Pilot, trial: Policy, members: Sequence[PilotOffice], by: Person, now: datetime
) -> Pilot:
    """Set a pilot: its rule, its group or its weeks, which are drawn from its seed here.

    All three are drafts without keys. Raises CannotStartPilot in its kinds, ruling.BadRule.
    """
    ruling.take_turns()
    check_pilot(pilot=pilot, trial=trial, members=members, now=now)
    trial.version = versions.last_version() + 1
    trial.valid_from, trial.for_pilot = pilot.starts_on, True
    trial.created_by, trial.created_at = by, now
    trial.save(force_insert=True)
    pilot.policy = trial
    pilot.created_by, pilot.created_at = by, now
    pilot.save(force_insert=True)
    for member in members:
        member.pilot = pilot
    PilotOffice.objects.bulk_create(members)
    weeks = planned_weeks(pilot)
    for drawn in weeks:
        drawn.pilot = pilot
    PilotWeek.objects.bulk_create(weeks)
    audit.record(
        action="pilot.started",
        subject=pilot,
        by=by,
        now=now,
        detail={
            "version": trial.version,
            "from": pilot.starts_on.isoformat(),
            "to": pilot.ends_on.isoformat(),
            "offices": len(members),
        },
    )
    return pilot


@transaction.atomic
def stop_pilot(*, pilot: Pilot, reason: str, by: Person, now: datetime) -> Pilot:
    """End a pilot from tomorrow on: a day that has begun keeps its rule. Raises CannotStopPilot."""
    related = Pilot.objects.select_related("policy")
    current = related.select_for_update(of=("self",), no_key=True).get(pk=pilot.pk)
    tomorrow = clock.service_date(now) + timedelta(days=1)
    if current.stopped_on is not None or ends_anyway(current, now):
        raise EndsAnyway
    if not reason.strip():
        raise NoReason
    current.stopped_on, current.stop_reason = tomorrow, reason
    current.stopped_by, current.stopped_at = by, now
    current.save(update_fields=STOPPING)
    audit.record(
        action="pilot.stopped",
        subject=current,
        by=by,
        now=now,
        detail={"from": tomorrow.isoformat()},
    )
    return current


def ends_anyway(pilot: Pilot, now: datetime) -> bool:
    """Whether the common rule holds again tomorrow, or does already: then there is nothing to stop."""
    return pilot.until <= clock.service_date(now) + timedelta(days=1)


def planned_weeks(pilot: Pilot) -> list[PilotWeek]:
    """Which rule each week would follow, drawn from the pilot's seed; none for a group of offices."""
    if not pilot.is_switchback:
        return []
    weeks = pilots.mondays(pilot.starts_on, pilot.ends_on)
    arms = evaluation.draw_assignment(len(weeks) // WEEKS_OF_A_PAIR, Random(pilot.seed))
    return [PilotWeek(week=week, arm=arm.value) for week, arm in zip(weeks, arms, strict=True)]


def check_pilot(
    *, pilot: Pilot, trial: Policy, members: Sequence[PilotOffice], now: datetime
) -> None:
    """Raise CannotStartPilot or ruling.BadRule if the pilot could not be set now."""
    today = clock.service_date(now)
    _check_days(pilot, today)
    if not pilot.measures:
        raise NothingMeasured
    if not set(pilot.measures) <= set(Measure.values):
        raise UnknownMeasure
    house = versions.house(today)
    ruling.check_numbers(trial, house, now)
    _check_beside_common(pilot, trial, members)
    if pilot.is_switchback:
        _check_weeks(pilot, today)
    _check_members(pilot, trial, members, house)
    elsewhere = pilots.elsewhere(pilot, [member.office_id for member in members])
    if elsewhere is not None:
        other, both = elsewhere
        raise InAnotherPilot(other, [member.office for member in both])


def _check_days(pilot: Pilot, today: date) -> None:
    if pilot.starts_on <= today:
        raise StartsInThePast
    if pilot.starts_on > today + ruling.FURTHEST:
        raise StartsTooFarAhead
    if pilot.ends_on <= pilot.starts_on:
        raise EndsBeforeItStarts
    if pilot.ends_on > pilot.starts_on + LONGEST:
        raise LastsTooLong


def _check_weeks(pilot: Pilot, today: date) -> None:
    """Whole weeks, in pairs, of which nobody can have booked any yet: else it would not be a draw."""
    if pilot.starts_on.weekday() or pilot.ends_on.weekday():
        raise NotWholeWeeks
    weeks = (pilot.ends_on - pilot.starts_on).days // 7
    if weeks % WEEKS_OF_A_PAIR:
        raise OddWeeks
    if weeks > WEEKS_OF_A_PAIR * evaluation.MOST_PAIRS:
        raise TooManyWeeks
    last = _last_bookable(today)
    if pilot.starts_on <= last:
        raise WeekIsOpen(last + timedelta(days=7 - last.weekday()))


def _last_bookable(today: date) -> date:
    """The last day that can be booked today: the same for every office, in a group or not."""
    current = days.load_rules().policy(today)
    return roster.horizon(today, current.horizon_business_days if current is not None else 0)


def _check_beside_common(pilot: Pilot, trial: Policy, members: Sequence[PilotOffice]) -> None:
    """The trial against every common rule of its days."""
    common = pilots.common_rules(pilot.starts_on, pilot.ends_on)
    if not common or common[0].valid_from > pilot.starts_on:
        raise NoCommonRule
    names = [name for one in common for name in pilots.touched(trial, one)]
    if names and not pilot.is_switchback:
        raise TakesFromOthers(list(dict.fromkeys(names)))
    extra = any(member.extra_quanta for member in members)
    if not extra and any(ruling.same_numbers(trial, one) for one in common):
        raise NothingTried


def _check_members(
    pilot: Pilot, trial: Policy, members: Sequence[PilotOffice], house: House | None
) -> None:
    if pilot.is_switchback:
        if members:
            raise GroupOfAll
        return
    if not members:
        raise NoMembers
    offices = [member.office for member in members]
    ended = [office for office in offices if office.status != OfficeStatus.ACTIVE]
    if ended:
        raise NotActive(ended)
    extra = sum(member.extra_quanta for member in members)
    if extra and not trial.nested:
        raise ExtraWithoutAllowances
    if house is not None and 100 * extra > (100 - trial.allotted_percent) * house.week:
        raise ExtraOverWeek
