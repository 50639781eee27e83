"""Setting and stopping a pilot: what is refused and why, what is drawn and kept, who wins a race."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptoir.audit.models import Event
from comptoir.domain import evaluation
from comptoir.domain.rule import Fault
from comptoir.liaison.actions import piloting, ruling
from comptoir.liaison.models import Arm, Design, Pilot, PilotOffice, PilotWeek, Policy
from comptoir.liaison.queries import days, pilots, versions
from comptoir.people.models import Office, OfficeStatus
from comptoir.roster import queries as roster
from comptoir.ui import clock
from tests.liaison import pilot_drafts
from tests.liaison.factories import DAY, NOW, PolicyFactory, at, open_day
from tests.liaison.pilot_drafts import FAR_MONDAY, TUESDAY, draft, start, stop, trial, weeks
from tests.liaison.test_concurrency import at_once
from tests.liaison.test_rule_versions import start as start_rule
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def common() -> Policy:
    return PolicyFactory.create(version=1, minutes_per_week=1200)


@pytest.fixture
def office(common: Policy) -> Office:
    return OfficeFactory.create()


def nested_rule() -> Policy:
    """A common rule of nested classes, in a house of four offices and a working day of eight hours."""
    open_day(DAY)
    return PolicyFactory.create(
        version=2, valid_from=date(2026, 1, 5), nested=True, minutes_per_day=600,
        minutes_per_week=1200, weekly_floor_minutes=60, miss_per_mille=0,
    )  # fmt: skip


class TestSetting:
    def test_the_rule_the_group_and_the_trail_are_kept_together(self, office: Office) -> None:
        pilot = start([office], extra=0)

        assert (pilot.policy.for_pilot, pilot.policy.version) == (True, 2)
        assert pilot.policy.valid_from == pilot.starts_on
        assert [member.office for member in pilot.members.all()] == [office]
        assert not pilot.weeks.exists()
        event = Event.objects.get(action="pilot.started")
        assert event.object_id == str(pilot.pk)
        assert event.detail == {
            "version": 2, "from": "2026-11-17", "to": "2026-12-01", "offices": 1,
        }  # fmt: skip

    def test_its_rule_is_no_version_of_the_common_one(self, common: Policy, office: Office) -> None:
        start([office])

        found = versions.versions(DAY)
        assert (found.current, found.coming, found.earlier) == (common, [], [])
        assert versions.governing(DAY) == common
        assert versions.compare(trial(valid_from=DAY)).before == common
        assert days.load_rules().policy(DAY) == common
        assert start_rule(minutes_per_day=60).version == 3

    def test_nothing_of_it_can_be_changed_or_deleted(self, office: Office) -> None:
        pilot = start([office])
        drawn = start(pilot=weeks())
        changes: list[tuple[Any, dict[str, Any]]] = [
            (Pilot.objects.filter(pk=pilot.pk), {"ends_on": date(2027, 1, 1)}),
            (PilotOffice.objects.filter(pilot=pilot), {"extra_quanta": 4}),
            (PilotWeek.objects.filter(pilot=drawn), {"arm": Arm.TRIAL}),
        ]
        for rows, change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.delete()


class TestDraw:
    def test_the_weeks_are_kept_before_any_of_them_can_be_booked(self, common: Policy) -> None:
        pilot = start(pilot=weeks())

        bookable = roster.horizon(clock.service_date(NOW), common.horizon_business_days)
        assert PilotWeek.objects.filter(pilot=pilot, week__gt=bookable).count() == 4
        assert min(pilot.weeks.values_list("week", flat=True)) == FAR_MONDAY

    @pytest.mark.parametrize("seed", range(6))
    def test_they_can_be_drawn_again_from_the_seed_that_is_kept(
        self, common: Policy, seed: int
    ) -> None:
        start(pilot=weeks(seed=seed))

        kept = Pilot.objects.get()
        arms = [drawn.arm for drawn in pilots.weeks_of(kept)]
        assert arms == list(evaluation.draw_assignment(2, Random(kept.seed)))
        assert arms[0] != arms[1]
        assert arms[2] != arms[3]

    @pytest.mark.parametrize(("ahead", "open_yet"), [(-7, True), (0, False)])
    def test_a_week_that_can_be_booked_already_is_not_drawn(
        self, common: Policy, ahead: int, open_yet: bool
    ) -> None:
        # Bookable are the days to Monday 30 November: the week of the seventh of December is the first.
        pilot = weeks(starts_on=FAR_MONDAY + timedelta(days=ahead))
        pilot.ends_on = pilot.starts_on + timedelta(weeks=2)
        if not open_yet:
            assert start(pilot=pilot).weeks.count() == 2
            return

        with pytest.raises(piloting.WeekIsOpen) as found:
            start(pilot=pilot)

        assert found.value.first == FAR_MONDAY


REFUSED_DAYS: list[tuple[type[Exception], dict[str, Any]]] = [
    (piloting.StartsInThePast, {"starts_on": TUESDAY - timedelta(days=1)}),
    (piloting.StartsInThePast, {"starts_on": TUESDAY - timedelta(days=8)}),
    (piloting.StartsTooFarAhead, {"starts_on": date(2027, 12, 1), "ends_on": date(2027, 12, 8)}),
    (piloting.EndsBeforeItStarts, {"ends_on": TUESDAY}),
    (piloting.EndsBeforeItStarts, {"ends_on": TUESDAY - timedelta(days=3)}),
    (piloting.LastsTooLong, {"ends_on": TUESDAY + timedelta(days=367)}),
    (piloting.NothingMeasured, {"measures": []}),
    (piloting.UnknownMeasure, {"measures": ["use", "happiness"]}),
]
REFUSED_WEEKS: list[tuple[type[Exception], dict[str, Any]]] = [
    (piloting.OddWeeks, {"ends_on": FAR_MONDAY + timedelta(weeks=3)}),
    (piloting.NotWholeWeeks, {"ends_on": FAR_MONDAY + timedelta(days=15)}),
    (piloting.NotWholeWeeks, {"starts_on": FAR_MONDAY + timedelta(days=1)}),
    (piloting.TooManyWeeks, {"ends_on": FAR_MONDAY + timedelta(weeks=34)}),
]


class TestRefused:
    @pytest.mark.parametrize(("reason", "values"), REFUSED_DAYS)
    def test_days_and_outcomes_that_make_no_pilot(
        self, office: Office, reason: type[Exception], values: dict[str, Any]
    ) -> None:
        with pytest.raises(reason):
            start([office], pilot=draft(**values))

        assert not Policy.objects.filter(for_pilot=True).exists()
        assert not Event.objects.filter(action="pilot.started").exists()

    @pytest.mark.parametrize(("reason", "values"), REFUSED_WEEKS)
    def test_weeks_that_cannot_be_drawn_in_pairs(
        self, common: Policy, reason: type[Exception], values: dict[str, Any]
    ) -> None:
        with pytest.raises(reason):
            start(pilot=weeks(**values))

    def test_a_group_of_nobody_and_weeks_with_a_group(self, office: Office) -> None:
        with pytest.raises(piloting.NoMembers):
            start([])
        with pytest.raises(piloting.GroupOfAll):
            start([office], pilot=weeks())

    def test_an_office_that_books_no_more(self, office: Office) -> None:
        gone = OfficeFactory.create(suspended=True)

        with pytest.raises(piloting.NotActive) as found:
            start([office, gone])

        assert found.value.offices == [gone]
        assert gone.status == OfficeStatus.SUSPENDED

    def test_a_trial_of_the_rule_that_holds_already(self, office: Office) -> None:
        with pytest.raises(piloting.NothingTried):
            start([office], rule=trial(name_en="Another name"))

    def test_days_on_which_there_is_no_common_rule(self) -> None:
        PolicyFactory.create(valid_from=DAY)

        with pytest.raises(piloting.NoCommonRule):
            start([OfficeFactory.create()])

    def test_a_rule_that_could_not_be_in_force(self, office: Office) -> None:
        with pytest.raises(ruling.BadRule) as found:
            start([office], rule=trial(minutes_per_day=240, minutes_per_week=200))

        assert Fault.DAY_OVER_WEEK in found.value.faults

    def test_a_rule_that_promises_more_than_the_house_has(self, common: Policy) -> None:
        open_day(DAY)
        for _ in range(40):
            OfficeFactory.create()

        with pytest.raises(ruling.BadRule) as found:
            start(pilot=weeks(), rule=trial(nested=True, miss_per_mille=0, weekly_floor_minutes=0))

        assert found.value.faults == (Fault.FLOORS_OVER_DAY,)


class TestFloorsOfOthers:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("floor_minutes", 30), ("miss_per_mille", 50), ("take_up_percent", 10),
            ("release_at", "09:00"), ("ramp_minutes", 60), ("standby_minutes", 240),
            ("weekly_floor_minutes", 0), ("allotted_percent", 50), ("alpha_percent", 0),
            ("least_notice_minutes", 0), ("nested", False), ("horizon_business_days", 9),
            ("batch_minutes", 45), ("opens_at", time(8)),
        ],
    )  # fmt: skip
    def test_a_group_does_not_differ_in_what_is_kept_for_whom(self, name: str, value: Any) -> None:
        nested_rule()

        with pytest.raises(piloting.TakesFromOthers) as found:
            start([OfficeFactory.create()], rule=trial(**{name: value}))

        assert found.value.names == [name]

    @pytest.mark.parametrize(
        "numbers",
        [
            {"minutes_per_day": 300}, {"minutes_per_week": 900}, {"lengths": [15, 30]},
            {"late_notice_minutes": 30}, {"day_cap_percent": 100}, {"holding_percent": 200},
            {"least_held_minutes": 30},
        ],
    )  # fmt: skip
    def test_a_group_may_differ_in_limits_caps_lengths_and_what_is_late(
        self, numbers: dict[str, Any]
    ) -> None:
        nested_rule()

        assert start([OfficeFactory.create()], rule=trial(**numbers)).policy.for_pilot

    @pytest.mark.parametrize(
        ("name", "value"),
        [("horizon_business_days", 20), ("batch_minutes", 0), ("opens_at", time(8))],
    )
    def test_no_group_can_book_a_new_day_before_it_is_drawn_for_everybody(
        self, name: str, value: Any
    ) -> None:
        PolicyFactory.create(version=1, batch_minutes=60)

        with pytest.raises(piloting.TakesFromOthers) as found:
            start([OfficeFactory.create()], rule=trial(**{name: value}))

        assert found.value.names == [name]

    def test_weeks_that_are_drawn_may_differ_in_how_far_ahead(self, common: Policy) -> None:
        rule = trial(horizon_business_days=5)

        assert start(pilot=weeks(), rule=rule).policy.horizon_business_days == 5

    def test_a_common_version_to_come_counts_as_far_as_its_days_are_the_pilots(
        self, office: Office
    ) -> None:
        start_rule(date(2026, 11, 25), nested=True, weekly_floor_minutes=0)

        with pytest.raises(piloting.TakesFromOthers):
            start([office])
        before = trial(nested=False, minutes_per_day=240)
        short = draft(ends_on=date(2026, 11, 25))
        assert start([office], pilot=short, rule=before).policy.for_pilot

    def test_a_common_version_that_keeps_otherwise_waits_for_the_end_of_a_group(
        self, office: Office
    ) -> None:
        pilot = start([office])

        with pytest.raises(ruling.DisturbsPilot) as found:
            start_rule(date(2026, 11, 25), nested=True, weekly_floor_minutes=0)
        assert found.value.pilot == pilot
        assert start_rule(date(2026, 11, 25), minutes_per_day=90).version == 3
        assert start_rule(date(2026, 12, 1), nested=True, weekly_floor_minutes=0).version == 4

    def test_no_common_version_begins_among_weeks_that_were_drawn(self, common: Policy) -> None:
        pilot = start(pilot=weeks())

        with pytest.raises(ruling.DisturbsPilot):
            start_rule(FAR_MONDAY + timedelta(days=2), minutes_per_day=90)
        stop(pilot)
        assert start_rule(FAR_MONDAY + timedelta(days=2), minutes_per_day=90).version == 3

    def test_an_extra_needs_allowances_and_room_beside_them(self, office: Office) -> None:
        with pytest.raises(piloting.ExtraWithoutAllowances):
            start([office], extra=1)
        nested_rule()  # a tenth of a week of 160 is not allotted: sixteen quarter hours

        with pytest.raises(piloting.ExtraOverWeek):
            start([office], extra=17, rule=trial())
        assert start([office], extra=16, rule=trial()).members.get().extra_quanta == 16


class TestOverlap:
    @pytest.mark.parametrize(
        ("first", "until", "refused"),
        [
            (date(2026, 12, 1), date(2026, 12, 8), False),
            (date(2026, 11, 30), date(2026, 12, 8), True),
            (date(2026, 11, 18), date(2026, 11, 19), True),
            (TUESDAY, date(2027, 1, 4), True),
        ],
    )
    def test_an_office_is_in_one_pilot_at_a_time(
        self, office: Office, first: date, until: date, refused: bool
    ) -> None:
        running, other = start([office]), OfficeFactory.create()
        second = draft(starts_on=first, ends_on=until)
        if not refused:
            assert start([office, other], pilot=second).members.count() == 2
            return

        with pytest.raises(piloting.InAnotherPilot) as found:
            start([office, other], pilot=second)

        assert (found.value.pilot, found.value.offices) == (running, [office])

    def test_another_office_may_be_in_another_pilot_of_the_same_days(self, office: Office) -> None:
        start([office])

        assert start([OfficeFactory.create()]).members.count() == 1

    def test_what_was_stopped_is_in_nobodys_way_from_then_on(self, office: Office) -> None:
        stop(start([office]), now=at(DAY, 9))
        second = draft(starts_on=DAY + timedelta(days=1))

        with pytest.raises(piloting.InAnotherPilot):
            start([office], pilot=draft(starts_on=DAY), now=NOW)
        assert start([office], pilot=second, now=at(DAY, 10)).starts_on == second.starts_on

    def test_weeks_that_are_drawn_concern_every_office(self, office: Office) -> None:
        drawn = start(pilot=weeks())

        for second, members in [
            (draft(ends_on=FAR_MONDAY + timedelta(days=1)), [office]),
            (weeks(starts_on=FAR_MONDAY + timedelta(weeks=2)), []),
        ]:
            with pytest.raises(piloting.InAnotherPilot) as found:
                start(members, pilot=second)
            assert (found.value.pilot, found.value.offices) == (drawn, [])
        assert start([office], pilot=draft(ends_on=FAR_MONDAY)).design == Design.COHORT

    def test_weeks_are_not_drawn_where_a_group_goes_on(self, office: Office) -> None:
        start([office], pilot=draft(ends_on=FAR_MONDAY + timedelta(days=1)))

        with pytest.raises(piloting.InAnotherPilot):
            start(pilot=weeks())


@pytest.mark.django_db(transaction=True)
def test_of_pilots_begun_at_once_for_one_office_one_begins() -> None:
    PolicyFactory.create(version=1, minutes_per_week=1200)
    shared = OfficeFactory.create()
    groups = [[shared, OfficeFactory.create()] for _ in range(4)]
    owner = PersonFactory.create()

    def begin(number: int) -> Any:
        return piloting.start_pilot(
            pilot=draft(), trial=trial(minutes_per_day=240),
            members=pilot_drafts.group(groups[number]), by=owner, now=NOW,
        )  # fmt: skip

    answers = at_once([partial(begin, number) for number in range(4)])

    begun = [answer for answer in answers if isinstance(answer, Pilot)]
    assert len(begun) == 1, answers
    assert sum(isinstance(answer, piloting.InAnotherPilot) for answer in answers) == 3
    assert PilotOffice.objects.filter(office=shared).count() == 1
    assert Policy.objects.filter(for_pilot=True).count() == 1


class TestStopping:
    def test_it_ends_tomorrow_and_says_who_when_and_why(self, office: Office) -> None:
        stopped = stop(start([office]), now=at(DAY, 9))

        assert (stopped.until, stopped.stop_reason) == (DAY + timedelta(days=1), "It does harm.")
        event = Event.objects.get(action="pilot.stopped")
        assert (event.actor_id, event.detail) == (stopped.stopped_by_id, {"from": "2026-11-19"})

    def test_it_is_stopped_once(self, office: Office) -> None:
        pilot = stop(start([office]), now=at(DAY, 9))

        with pytest.raises(piloting.EndsAnyway):
            stop(pilot, now=at(DAY, 10))
        with pytest.raises(DatabaseError), transaction.atomic():
            Pilot.objects.filter(pk=pilot.pk).update(stop_reason="Another reason")

    def test_what_ends_tomorrow_anyway_is_not_stopped(self, office: Office) -> None:
        pilot = start([office])

        with pytest.raises(piloting.EndsAnyway):
            stop(pilot, now=at(date(2026, 11, 30), 9))
        assert stop(pilot, now=at(date(2026, 11, 29), 9)).until == date(2026, 11, 30)

    def test_a_stop_has_a_reason(self, office: Office) -> None:
        pilot = start([office])

        with pytest.raises(piloting.NoReason):
            piloting.stop_pilot(pilot=pilot, reason="  ", by=PersonFactory.create(), now=NOW)


def test_setting_a_group_takes_the_same_number_of_queries_whatever_its_size(
    common: Policy,
) -> None:
    owner, counts = PersonFactory.create(), []
    for size, first in ((2, TUESDAY), (30, date(2027, 1, 11))):
        members = [OfficeFactory.create() for _ in range(size)]
        with CaptureQueriesContext(connection) as sent:
            piloting.start_pilot(
                pilot=draft(starts_on=first, ends_on=first + timedelta(weeks=1)),
                trial=trial(minutes_per_day=240), members=pilot_drafts.group(members),
                by=owner, now=NOW,
            )  # fmt: skip
        counts.append(len(sent))

    assert counts[0] == counts[1]
