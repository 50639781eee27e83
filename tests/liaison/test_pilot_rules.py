"""Under which rule an office is during a pilot, before it and after it, and what others notice of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import apportioning, changing, holding
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.models import (
    Appointment,
    Arm,
    Hold,
    OfficeWeek,
    PilotOffice,
    Policy,
    Reason,
    Side,
)
from comptoir.liaison.queries import costs, days, offices, times
from comptoir.people.models import Office
from comptoir.ui import clock
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    delegate_of,
    move,
    open_day,
)
from tests.liaison.test_nested import book, nested, refused, two_hours, wish
from tests.liaison.test_nested import offices as some_offices
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

TUESDAY = pilot_drafts.TUESDAY
LAST = date(2026, 11, 30)
"""The last day of the pilot that the drafts plan, a Monday."""


@pytest.fixture
def common() -> Policy:
    """Two hours a day for everybody, and many a week."""
    return PolicyFactory.create(version=1, minutes_per_week=1200)


@pytest.fixture
def office() -> Office:
    office = OfficeFactory.create()
    delegate_of(office)
    return office


def limit(office: Office, on: date) -> int:
    """The minutes a day that the office may book on a day."""
    rule = days.load_rules().of(office.pk).on(on)
    assert rule is not None
    return rule.minutes_per_day


def is_nested(policy: Policy | None) -> bool:
    """Whether the rule of a day, which has one, keeps anything."""
    assert policy is not None
    return policy.nested


class TestGroup:
    def test_its_offices_are_under_the_trial_rule_from_the_first_day_to_the_last(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office])

        found = [
            limit(office, on) for on in (NOW.date(), TUESDAY, DAY, LAST, LAST + timedelta(days=1))
        ]

        assert found == [120, 240, 240, 240, 120]

    def test_every_other_office_stays_under_the_common_rule(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office])

        assert limit(OfficeFactory.create(), DAY) == 120

    def test_a_common_version_that_begins_during_it_is_for_the_others_and_for_its_end(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office])
        PolicyFactory.create(version=9, valid_from=DAY, minutes_per_day=60, minutes_per_week=1200)

        assert [limit(office, on) for on in (DAY, LAST, LAST + timedelta(days=1))] == [240, 240, 60]
        assert limit(OfficeFactory.create(), DAY) == 60

    def test_stopped_it_is_over_the_day_after_and_before_its_beginning_it_never_was(
        self, common: Policy, office: Office
    ) -> None:
        early, late = pilot_drafts.start([office]), OfficeFactory.create()
        never = pilot_drafts.start([late], pilot=pilot_drafts.draft(starts_on=date(2026, 11, 25)))

        pilot_drafts.stop(early, now=at(DAY, 9))
        pilot_drafts.stop(never, now=at(DAY, 9))

        assert [limit(office, on) for on in (DAY, DAY + timedelta(days=1))] == [240, 120]
        assert limit(late, date(2026, 11, 25)) == 120

    def test_what_is_listed_held_and_booked_follows_the_trial_rule(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office], rule=pilot_drafts.trial(minutes_per_day=30, lengths=[15, 30]))
        open_day(DAY)

        found = times.find_times(office=office, minutes=60, language="en", now=NOW)

        assert [day.starts for day in found if day.on == DAY] == [()]
        held = holding.hold_time(
            office=office, wish=wish(60), by=delegate_of(office), now=NOW, seed=1
        )
        assert getattr(held, "reason", "") == "length_not_offered"
        assert refused(office, wish(60)).policy != common
        booked = book(office, wish(30))
        assert booked.policy.for_pilot
        assert refused(office, wish(15, hour=14)).reason == "day_limit"
        assert book(some_offices(1)[0], wish(60, hour=15)).policy == common

    def test_a_time_is_kept_as_long_as_the_trial_rule_says(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office], rule=pilot_drafts.trial(hold_minutes=25))
        open_day(DAY)

        held = holding.hold_time(
            office=office, wish=wish(30), by=delegate_of(office), now=NOW, seed=1
        )

        assert isinstance(held, Hold)
        assert held.expires_at == NOW + timedelta(minutes=25)

    def test_the_home_shows_what_the_trial_rule_leaves(
        self, common: Policy, office: Office
    ) -> None:
        pilot_drafts.start([office])
        open_day(DAY)

        shown = offices.shares_on(office, [DAY], days.load_rules(), NOW)

        assert shown is not None
        assert shown.day.limit == 240

    def test_giving_up_late_is_judged_by_the_trial_rule(
        self, common: Policy, office: Office
    ) -> None:
        open_day(DAY, [ProfessionalFactory.create() for _ in range(2)])
        pilot_drafts.start([office], rule=pilot_drafts.trial(late_notice_minutes=60))
        mine, theirs = AppointmentFactory.create(office=office), AppointmentFactory.create()

        for appointment in (mine, theirs):
            changing.cancel_appointment(
                appointment=appointment, side=Side.OFFICE, reason=Reason.NOT_NEEDED,
                by=appointment.booked_by, now=at(DAY, 8),
            )  # fmt: skip

        rules = days.load_rules()
        said = [costs.of(one, rules, at(DAY, 8)).late for one in (mine, theirs)]
        assert said == [False, True]
        counted = {week.office_id: sum(week.late) for week in OfficeWeek.objects.all()}
        assert counted == {mine.office_id: 0, theirs.office_id: 2}


class TestWhatIsBooked:
    def test_stays_when_the_pilot_begins_and_when_it_ends(
        self, common: Policy, office: Office
    ) -> None:
        before = AppointmentFactory.create(office=office, minutes=60)
        pilot_drafts.start([office], rule=pilot_drafts.trial(minutes_per_day=60))
        later = AppointmentFactory.create(
            office=office, starts_at=at(date(2026, 11, 20), 10), minutes=60
        )
        kept = {row.pk: (row.starts_at, row.status) for row in Appointment.objects.all()}

        pilot_drafts.stop(later.policy.pilot, now=at(DAY, 9))

        assert {row.pk: (row.starts_at, row.status) for row in Appointment.objects.all()} == kept
        assert kept.keys() == {before.pk, later.pk}

    def test_moves_under_the_rule_of_the_new_day(self, common: Policy, office: Office) -> None:
        after = date(2026, 11, 25)
        pilot_drafts.start(
            [office],
            pilot=pilot_drafts.draft(ends_on=after),
            rule=pilot_drafts.trial(minutes_per_day=30, lengths=[15, 30]),
        )
        open_day(DAY)
        open_day(after)
        booked = AppointmentFactory.create(office=office, starts_at=at(after, 10), minutes=60)

        with pytest.raises(NotAdmitted) as found:
            move(booked, at(DAY, 10))

        decided_by = found.value.decision.policy
        assert decided_by is not None
        assert decided_by.for_pilot
        assert move(booked, at(after, 14)).decision.policy == common


class TestWeeks:
    def test_every_office_follows_the_rule_that_was_drawn_for_the_week(
        self, common: Policy, office: Office
    ) -> None:
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks())
        drawn = {row.week: row.arm for row in pilot.weeks.all()}

        found = {
            monday: limit(office, monday + timedelta(days=ahead))
            for monday in drawn
            for ahead in (0, 4, 6)
        }

        assert len(drawn) == 4
        assert found == {monday: 240 if arm == Arm.TRIAL else 120 for monday, arm in drawn.items()}
        assert limit(office, pilot.starts_on - timedelta(days=1)) == 120
        assert limit(office, pilot.ends_on) == 120

    def test_stopped_within_a_week_the_rest_of_it_follows_the_common_rule(
        self, common: Policy, office: Office
    ) -> None:
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks())
        week = pilot.weeks.filter(arm=Arm.TRIAL).earliest("week").week

        pilot_drafts.stop(pilot, now=at(week + timedelta(days=1), 9))

        found = [limit(office, week + timedelta(days=ahead)) for ahead in range(5)]
        assert found == [240, 240, 120, 120, 120]
        assert limit(office, pilot.weeks.filter(arm=Arm.TRIAL).latest("week").week) == 120

    def test_how_far_ahead_changes_for_all_at_the_midnight_of_the_centre_without_any_job(
        self, common: Policy
    ) -> None:
        rule = pilot_drafts.trial(horizon_business_days=3)
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks(), rule=rule)
        week = pilot.weeks.filter(arm=Arm.TRIAL).latest("week").week
        midnight = clock.midnight(week + timedelta(days=7), clock.service_zone())
        rules = days.load_rules()

        before = days.bookable_dates(rules, midnight - timedelta(days=2))
        after = days.bookable_dates(rules, midnight)

        assert (len(before), len(after)) == (4, 11)

    def test_what_is_kept_may_differ_by_week_as_it_does_so_for_all(self, office: Office) -> None:
        nested(floor_minutes=15)
        pilot_drafts.start(pilot=pilot_drafts.weeks(), rule=pilot_drafts.trial(nested=False))
        rules = days.load_rules()
        found = {
            drawn.arm: is_nested(rules.shared(drawn.week))
            for drawn in Policy.objects.get(for_pilot=True).pilot.weeks.all()
        }

        assert found == {Arm.BASE: True, Arm.TRIAL: False}

    def test_allowances_of_a_week_are_computed_by_the_rule_that_was_drawn_for_it(
        self, common: Policy
    ) -> None:
        OfficeFactory.create(since=date(2024, 1, 1))
        open_day(date(2026, 1, 7))  # long ago
        open_day(DAY)
        pilot_drafts.start(
            pilot=pilot_drafts.weeks(),
            rule=pilot_drafts.trial(nested=True, weekly_floor_minutes=15),
        )
        weeks = {row.arm: row.week for row in Policy.objects.get(for_pilot=True).pilot.weeks.all()}

        proposal = apportioning.propose(valid_from=weeks[Arm.TRIAL], now=NOW)

        assert proposal.policy.for_pilot
        with pytest.raises(apportioning.CannotApportion, match="allots nothing"):
            apportioning.propose(valid_from=weeks[Arm.BASE], now=NOW)


class TestWhatIsKept:
    def test_an_extra_is_allotted_to_the_group_and_kept_from_the_others(self) -> None:
        nested(take_up_percent=100, day_cap_percent=100, floor_minutes=0)
        member, other = some_offices(2)
        two_hours()
        apportion({member: 2, other: 2})
        pilot_drafts.start([member], extra=4, rule=pilot_drafts.trial(minutes_per_day=600))

        decision = refused(other, wish(45))

        assert (decision.counters["left"], decision.counters["kept"]) == (8, 6)
        booked = book(member, wish(60))
        assert booked.decision.of_class == ShareClass.ALLOTTED
        assert booked.decision.counters["allowance"] == 6

    def test_without_an_extra_the_others_are_answered_as_before(self) -> None:
        nested(take_up_percent=100)
        member, *rest = some_offices(5)
        two_hours()
        apportion({member: 2, **dict.fromkeys(rest, 2)})
        before = _answers(rest)

        pilot_drafts.start(
            [member], rule=pilot_drafts.trial(day_cap_percent=90, minutes_per_day=60)
        )

        assert _answers(rest) == before

    def test_a_member_with_a_wider_week_is_still_owed_its_floor_by_the_others(self) -> None:
        nested(minutes_per_day=120, minutes_per_week=120)
        member, other = some_offices(2)
        two_hours(TUESDAY, professionals=2)
        two_hours(DAY)
        pilot_drafts.start([member], rule=pilot_drafts.trial(minutes_per_week=240))
        for hour in (10, 11):
            book(member, wish(60, hour, on=TUESDAY))
        book(other, wish(60, hour=10))

        decision = refused(other, wish(60, hour=11))

        assert decision.counters["offices_owed"] == 1
        assert book(member, wish(15, hour=11)).decision.of_class == ShareClass.GUARANTEED

    def test_after_the_end_nothing_more_is_kept(self) -> None:
        nested(take_up_percent=100, day_cap_percent=100, floor_minutes=0)
        member, other = some_offices(2)
        after = date(2026, 12, 2)
        two_hours(after)
        apportion({member: 2, other: 2})
        pilot_drafts.start([member], extra=4, rule=pilot_drafts.trial(minutes_per_day=600))

        decision = book(other, wish(60, on=after), now=at(date(2026, 11, 20), 9)).decision

        assert decision.counters["kept"] == 2

    @pytest.mark.parametrize("seed", range(8))
    def test_every_floor_can_be_claimed_whoever_of_the_group_and_the_others_asks_before(
        self, seed: int
    ) -> None:
        random, everybody = Random(seed), _small_house()
        pilot_drafts.start(random.sample(everybody, 3), extra=8, rule=_wide())

        granted = _rush(random, random.sample(everybody, 4))

        assert any(granted)
        assert not all(granted)
        assert _missed(everybody) == []

    def test_a_group_for_which_less_were_kept_would_take_floors_of_others(self) -> None:
        """What `TakesFromOthers` refuses, written past the action: else the test above proves nothing."""
        random, everybody = Random(1), _small_house()
        rule = _wide(version=2, for_pilot=True, floor_minutes=0)
        rule.save(force_insert=True)
        pilot = pilot_drafts.draft(policy=rule, created_by=PersonFactory.create(), created_at=NOW)
        pilot.save(force_insert=True)
        members = everybody[:3]
        for office in members:
            PilotOffice.objects.create(pilot=pilot, office=office, extra_quanta=8)

        _rush(random, members)

        assert _missed(everybody[3:])


def _small_house() -> list[Office]:
    """Eight offices, each owed a quarter hour of a day of sixteen."""
    nested(version=1, minutes_per_day=60, minutes_per_week=60, allotted_percent=50)
    two_hours(professionals=2)
    return some_offices(8)


def _wide(**numbers: Any) -> Policy:
    """The rule of a group that may take nearly all of the day."""
    return pilot_drafts.trial(
        minutes_per_day=600, minutes_per_week=600, day_cap_percent=100, holding_percent=500,
        lengths=[15, 60], **numbers,
    )  # fmt: skip


def _rush(random: Random, greedy: list[Office]) -> list[bool]:
    """Forty requests of a few offices, long and short, and which of them were granted."""
    return [
        _try(random.choice(greedy), random.choice((15, 60)), random.randrange(8)) for _ in range(40)
    ]


def _missed(offices: list[Office]) -> list[Office]:
    """Those of the offices without an appointment that can no longer have a quarter hour, one by one."""
    claimed = {week.office_id for week in OfficeWeek.objects.all() if sum(week.booked)}
    return [
        office
        for office in offices
        if office.pk not in claimed and not any(_try(office, 15, start) for start in range(8))
    ]


def _try(office: Office, minutes: int, start: int) -> bool:
    """Whether the office gets so many minutes from a quarter hour of the two hours on."""
    try:
        book(office, wish(minutes, 10 + start // 4, 15 * (start % 4)))
    except NotAdmitted:
        return False
    return True


def _answers(rest: list[Office]) -> list[Any]:
    """What each office is offered of each length, and the numbers behind a refusal."""
    return [
        times.find_times(office=office, minutes=minutes, language="en", now=NOW)
        for office in rest
        for minutes in (15, 30, 45, 60)
    ]


def test_a_booking_asks_no_more_with_a_pilot_than_without(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    nested()
    (office,) = some_offices(1)
    two_hours()
    with django_assert_num_queries(1):
        days.load_rules()
    pilot_drafts.start([office])

    with django_assert_num_queries(1):
        rules = days.load_rules()

    with django_assert_num_queries(4):  # closed days, counters, hours, what is owed
        times.find_times(office=office, minutes=15, language="en", now=NOW, rules=rules)


def test_a_day_is_loaded_under_the_offices_own_rule_whosever_rules_are_passed() -> None:
    nested()
    office, other = some_offices(2)
    two_hours()
    pilot_drafts.start([office], rule=pilot_drafts.trial(minutes_per_day=30, lengths=[15, 30]))
    loaded = days.load_days(
        dates=[TUESDAY, DAY], office=other, rules=days.load_rules().of(office.pk), now=NOW
    )

    found = [one.day.rule.minutes_per_day for one in loaded.values() if one.day.rule is not None]
    assert found == [600, 600]
