"""What came of a pilot: weeks recounted by hand, effects that were put in, harms, the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from comptoir.domain import evaluation
from comptoir.domain.evaluation import Harm
from comptoir.liaison.models import (
    Appointment,
    Arm,
    Decision,
    Measure,
    Mode,
    Pilot,
    Policy,
    Side,
    Status,
)
from comptoir.liaison.queries import days, pilots, readings, results
from comptoir.liaison.queries.readings import Part, Totals
from comptoir.liaison.queries.scorecard import figures
from comptoir.liaison.queries.scorecard.evenness import LEAST_OFFICES
from comptoir.people.models import Office, Role
from comptoir.roster.models import Professional, ServiceDay
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    open_day,
)
from tests.liaison.flags import cancel_late
from tests.liaison.pilot_drafts import FAR_MONDAY
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

WEEK = date(2026, 11, 16)
BEFORE = results.WEEKS_BEFORE


@pytest.fixture
def common() -> Policy:
    return PolicyFactory.create(version=1, minutes_per_week=1200)


@pytest.fixture
def professional() -> Professional:
    return ProfessionalFactory.create()


def decide(
    office: Office,
    on: date,
    quanta: int = 2,
    *,
    accepted: bool = True,
    side: Side = Side.OFFICE,
    **counters: int,
) -> None:
    """One answer of the rule, as a booking or a refusal leaves it."""
    Decision.objects.create(
        office=office, at=NOW, side=side, on=on, quanta=quanta, language="en",
        accepted=accepted, reason="" if accepted else "kept", counters=counters, seed=1,
    )  # fmt: skip


def attend(office: Office, day: ServiceDay, professional: Professional, quanta: int) -> None:
    """So much of a day, attended from nine on in meetings of a quarter hour or longer."""
    start = at(day.on, 9)
    policy = Policy.objects.common().latest("version")
    Appointment.objects.create(
        reference=f"R-{day.pk}-{office.pk}"[:12], office=office, day=day, professional=professional,
        starts_at=start, ends_at=start + timedelta(minutes=15 * quanta), language="en",
        mode=Mode.TELEPHONE, telephone="613-555-0100", status=Status.FINISHED, policy=policy, booked_at=NOW,
        booked_by=person_with(Role.DELEGATE, office=office),
        decision=Decision.objects.filter(office=office).latest("pk"),
    )  # fmt: skip


def week_of(members: list[Office]) -> readings.Read:
    found = readings.weekly(WEEK, WEEK + timedelta(weeks=1), [office.pk for office in members])
    return found[WEEK]


class TestWeek:
    def test_what_was_offered_attended_asked_for_and_had_is_counted(
        self, common: Policy, professional: Professional
    ) -> None:
        day = open_day(DAY, [professional])
        open_day(DAY + timedelta(days=1), [professional])
        member, other = OfficeFactory.create(), OfficeFactory.create()
        apportion({member: 8, other: 2})
        decide(member, DAY, 4)
        decide(other, DAY, 4, accepted=False)
        decide(other, DAY, 4, accepted=False)
        decide(other, DAY + timedelta(days=1), 3, accepted=False, instead=1)
        attend(member, day, professional, 4)

        found = week_of([member]).totals

        assert (found.offered, found.attended, found.requests) == (64, 4, 4)
        assert found.use == 4 / 64
        assert (found.group, found.others) == (Part(4, 8, 1), Part(0, 2, 1))
        assert found.access == Part(2, 3, 2)
        # Four quanta were refused on the first day, asked for twice, and three on the second.
        assert found.avoidable_idle == 7 / 64

    def test_each_is_the_figure_of_the_scorecard(
        self, common: Policy, professional: Professional
    ) -> None:
        house = OfficeFactory.create_batch(LEAST_OFFICES)
        apportion(dict.fromkeys(house, 8))
        for number, office in enumerate(house):
            AppointmentFactory.create(
                office=office, starts_at=at(DAY, 10 + number), status=Status.FINISHED
            )
        cancel_late(AppointmentFactory.create(office=house[0], starts_at=at(DAY, 15)))
        decide(house[1], DAY + timedelta(days=1), 4, accepted=False)
        decide(house[2], DAY, 8, accepted=False)

        found = week_of([]).totals

        card = figures.scorecard(WEEK, days.load_rules())
        assert card is not None
        said_there = {figure.code: figure.value for figure in card.figures()}
        for code in ("use", "late_loss", "day_access", "served"):
            assert found.value(code) == said_there[code] not in (None, 0, 1)
        assert found.avoidable_idle == said_there["avoidable_idle"] not in (None, 0)

    def test_from_wednesday_on_it_is_counted_without_the_days_before(
        self, common: Policy, professional: Professional
    ) -> None:
        office = OfficeFactory.create()
        apportion({office: 8})
        for on, quanta in ((WEEK + timedelta(days=1), 4), (WEEK + timedelta(days=2), 8)):
            decide(office, on, quanta)
            attend(office, open_day(on, [professional]), professional, quanta)

        found = week_of([])

        assert (found.totals.use, found.from_wednesday.use) == (12 / 64, 8 / 32)
        assert (found.totals.requests, found.from_wednesday.requests) == (2, 1)
        assert found.from_wednesday.access == Part(1, 1, 1)
        assert found.from_wednesday.others == Part()

    def test_what_the_centre_does_and_other_weeks_are_not_counted(self, common: Policy) -> None:
        office = OfficeFactory.create()
        decide(office, DAY, side=Side.CENTRE)
        decide(office, WEEK - timedelta(days=1))
        decide(office, WEEK + timedelta(days=7))

        assert week_of([]).totals.is_empty

    def test_where_nothing_was_offered_or_asked_nothing_is_said(self) -> None:
        found = Totals()

        assert {found.value(measure) for measure in Measure} == {None, 0.0}
        assert (found.avoidable_idle, found.group.value, found.hidden) == (None, None, frozenset())

    @pytest.mark.parametrize(
        ("group", "others", "hidden"),
        [
            (0, 5, set()), (5, 5, set()), (0, 4, {"others"}), (4, 400, {"group", "others"}),
            (400, 1, {"group", "others"}),
        ],
    )  # fmt: skip
    def test_of_fewer_than_five_offices_nothing_is_said_nor_what_would_tell_it(
        self, group: int, others: int, hidden: set[str]
    ) -> None:
        found = Totals(group=Part(1, 2, group), others=Part(1, 2, others))

        assert found.hidden == hidden
        assert (found.value(Measure.SERVED) is None) == ("others" in hidden)

    @pytest.mark.parametrize("weeks", [1, 30])
    def test_any_number_of_weeks_asks_the_same_number_of_queries(
        self, common: Policy, weeks: int, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        apportion({OfficeFactory.create(): 8}, on=WEEK + timedelta(weeks=weeks - 1))

        # The rules, the five of the scorecard, allowances and what needs are estimated from.
        with django_assert_num_queries(8 if weeks == 1 else 11):
            found = readings.weekly(WEEK, WEEK + timedelta(weeks=weeks), [])

        assert len(found) == weeks


def days_of(pilot: Pilot, professional: Professional, *, weeks_before: int = 0) -> list[ServiceDay]:
    """A day of eight hours in each week of the pilot, and of those before."""
    first = pilot.starts_on - timedelta(weeks=weeks_before)
    return [open_day(on, [professional]) for on in pilots.mondays(first, pilot.until)]


class TestSwitchback:
    @pytest.fixture
    def pilot(self, common: Policy, professional: Professional) -> Pilot:
        """Two pairs of weeks: eight quanta of 32 are attended under the common rule, sixteen on trial."""
        pilot = pilot_drafts.start(
            pilot=pilot_drafts.weeks(measures=[Measure.USE, Measure.REQUESTS])
        )
        office, arms = OfficeFactory.create(), {d.week: d.arm for d in pilot.weeks.all()}
        for day in days_of(pilot, professional):
            quanta = 16 if arms[day.on] == Arm.TRIAL else 8
            decide(office, day.on, quanta)
            attend(office, day, professional, quanta)
        return pilot

    def test_the_effect_that_was_put_in_is_found_with_its_exact_p_value(self, pilot: Pilot) -> None:
        use, requests = results.results_of(pilot, pilot.ends_on).effects

        assert use.pairs == 2
        assert use.plain == evaluation.Switchback(0.25, 0.5, 4)
        assert requests.plain.effect == 0
        assert (use.adjusted, requests.adjusted) == (None, None)

    def test_a_pair_counts_when_both_its_weeks_are_past(self, pilot: Pilot) -> None:
        found = {
            weeks: [
                effect.pairs
                for effect in results.results_of(pilot, FAR_MONDAY + timedelta(weeks=weeks)).effects
            ]
            for weeks in range(5)
        }

        assert found == {0: [], 1: [], 2: [1, 1], 3: [1, 1], 4: [2, 2]}

    @pytest.mark.parametrize("weeks_before", [1, 2, 30])
    def test_of_a_pilot_to_come_no_week_is_read_that_is_not_past(
        self, pilot: Pilot, professional: Professional, weeks_before: int
    ) -> None:
        today = FAR_MONDAY - timedelta(weeks=weeks_before)
        for monday in pilots.mondays(today - timedelta(weeks=2), FAR_MONDAY):
            decide(OfficeFactory.create(), monday)
            open_day(monday, [professional])

        found = results.results_of(pilot, today)

        assert found.weeks == []
        assert all(week.monday < today for week in found.before)

    def test_the_interval_takes_its_deviation_from_the_weeks_before(
        self, pilot: Pilot, professional: Professional
    ) -> None:
        assert results.results_of(pilot, pilot.ends_on).effects[0].interval is None
        office = OfficeFactory.create()
        for number, monday in enumerate(
            pilots.mondays(FAR_MONDAY - timedelta(weeks=BEFORE), FAR_MONDAY)
        ):
            decide(office, monday)
            day = open_day(monday, [professional])
            attend(office, day, professional, 4 if number % 2 else 8)

        effect = results.results_of(pilot, pilot.ends_on).effects[0]

        # Pairs before differ by four quanta of 32.
        expected = evaluation.confidence_sequence(
            [0.25, 0.25], 4 / 32, evaluation.mixture_scale(2, 0.05), 0.05
        )[-1]
        assert effect.interval == pytest.approx(expected)

    def test_stopped_within_a_pair_that_pair_is_left_out(self, pilot: Pilot) -> None:
        pilot_drafts.stop(pilot, now=at(FAR_MONDAY + timedelta(weeks=3), 9))
        pilot.refresh_from_db()

        assert [e.pairs for e in results.results_of(pilot, pilot.ends_on).effects] == [1, 1]

    def test_the_effect_is_also_computed_without_mondays_and_tuesdays(
        self, pilot: Pilot, professional: Professional
    ) -> None:
        assert [e.later for e in results.results_of(pilot, pilot.ends_on).effects][0] is None
        office, arms = OfficeFactory.create(), {d.week: d.arm for d in pilot.weeks.all()}
        for monday, arm in arms.items():
            on = monday + timedelta(days=2)
            decide(office, on)
            attend(office, open_day(on, [professional]), professional, 6 if arm == Arm.TRIAL else 4)

        use = results.results_of(pilot, pilot.ends_on).effects[0]

        assert use.plain.effect == pytest.approx(10 / 64)
        assert use.later == evaluation.Switchback(2 / 32, 0.5, 4)

    def test_an_outcome_of_fewer_than_five_offices_has_no_effect(
        self, common: Policy, professional: Professional
    ) -> None:
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks(measures=[Measure.DAY_ACCESS]))
        house = OfficeFactory.create_batch(LEAST_OFFICES)
        for on in pilots.mondays(pilot.starts_on, pilot.ends_on):
            for office in house[1:]:
                decide(office, on)
        assert results.results_of(pilot, pilot.ends_on).effects == []
        for on in pilots.mondays(pilot.starts_on, pilot.ends_on):
            decide(house[0], on)

        assert [e.pairs for e in results.results_of(pilot, pilot.ends_on).effects] == [2]

    def test_no_group_and_others_are_compared(self, pilot: Pilot) -> None:
        assert results.results_of(pilot, pilot.ends_on).difference is None

    def test_with_three_pairs_the_effect_is_also_adjusted_for_requests(
        self, common: Policy, professional: Professional
    ) -> None:
        pilot = pilot_drafts.start(
            pilot=pilot_drafts.weeks(ends_on=FAR_MONDAY + timedelta(weeks=6))
        )
        office, arms = OfficeFactory.create(), {d.week: d.arm for d in pilot.weeks.all()}
        for number, day in enumerate(days_of(pilot, professional)):
            volume = 1 + number % 3
            for _ in range(volume):
                decide(office, day.on)
            attend(office, day, professional, 4 * volume + (2 if arms[day.on] == Arm.TRIAL else 0))

        (use,) = results.results_of(pilot, pilot.ends_on).effects

        assert use.adjusted is not None
        assert use.adjusted.effect == pytest.approx(2 / 32)


def group_of(size: int) -> Pilot:
    """Before, everybody attends half of four quanta; since, the group all of it and others a quarter."""
    members = OfficeFactory.create_batch(size)
    others = OfficeFactory.create_batch(LEAST_OFFICES)
    apportion(dict.fromkeys([*members, *others], 4))
    pilot = pilot_drafts.start(
        members,
        pilot=pilot_drafts.draft(
            starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 7),
            least_day_access_percent=100,
        ),
    )  # fmt: skip
    hosts = {office: ProfessionalFactory.create() for office in [*members, *others]}
    for number in range(4):
        day = open_day(date(2026, 11, 9) + timedelta(weeks=number), hosts.values(), last=time(10))
        for office, host in hosts.items():
            decide(office, day.on)
            attend(office, day, host, 2 if number < 2 else 4 if office in members else 1)
    return pilot


class TestGroup:
    @pytest.fixture
    def pilot(self, common: Policy) -> Pilot:
        return group_of(LEAST_OFFICES)

    def test_the_naive_comparison_praises_what_only_took_from_the_others(
        self, pilot: Pilot
    ) -> None:
        difference = results.results_of(pilot, pilot.ends_on).difference

        assert difference is not None
        assert (difference.group, difference.others) == ((0.5, 1.0), (0.5, 0.25))
        assert difference.figure == 0.75

    def test_a_fall_of_the_others_is_a_harm(self, pilot: Pilot) -> None:
        found = results.results_of(pilot, pilot.ends_on)

        assert found.harms == (Harm.OTHERS_FILL,)
        assert found.reading is not None
        assert (found.reading.others_fill, found.reading.others_fill_before) == (0.25, 0.5)

    def test_too_little_access_and_too_much_idle_time_are_harms_by_the_registered_limits(
        self, pilot: Pilot, professional: Professional
    ) -> None:
        open_day(date(2026, 11, 24), [professional])
        decide(OfficeFactory.create(), date(2026, 11, 24), 4, accepted=False)

        found = results.results_of(pilot, pilot.ends_on)

        # An hour of 2 · 10 and 8 that were offered was refused and stayed empty: 3.6%, more than 3%.
        assert set(found.harms) == set(Harm)

    def test_of_a_small_group_a_harm_is_found_and_its_figure_is_not_said(
        self, common: Policy
    ) -> None:
        pilot = group_of(LEAST_OFFICES - 1)

        found = results.results_of(pilot, pilot.ends_on)

        assert found.harms == (Harm.OTHERS_FILL,)
        assert found.unsaid == {Harm.OTHERS_FILL}
        assert (found.difference, found.is_of_few) == (None, True)

    def test_before_a_week_is_past_nothing_is_said(self, pilot: Pilot) -> None:
        found = results.results_of(pilot, date(2026, 11, 29))

        assert (found.weeks, found.reading, found.harms, found.difference) == ([], None, (), None)
        assert [week.monday for week in found.before] == [date(2026, 11, 9), date(2026, 11, 16)]

    def test_a_week_that_is_only_in_part_the_pilots_is_none_of_its_weeks(
        self, common: Policy
    ) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])  # from a Tuesday to a Monday

        found = results.results_of(pilot, date(2027, 1, 4))

        assert [week.monday for week in found.weeks] == [date(2026, 11, 23)]
        assert found.before == []


class TestShown:
    @pytest.fixture(autouse=True)
    def clock(self) -> Iterator[None]:
        with time_machine.travel(at(date(2027, 1, 4), 9), tick=False):
            yield

    @pytest.fixture
    def drawn(self, common: Policy, professional: Professional) -> Pilot:
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks(measures=list(Measure)))
        office, arms = OfficeFactory.create(), {d.week: d.arm for d in pilot.weeks.all()}
        for day in days_of(pilot, professional):
            quanta = 16 if arms[day.on] == Arm.TRIAL else 8
            decide(office, day.on, quanta)
            attend(office, day, professional, quanta)
        return pilot

    @pytest.mark.parametrize("role", [Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR])
    def test_the_page_shows_effects_and_the_raw_table(
        self, client: Client, drawn: Pilot, role: Role
    ) -> None:
        sign_in(client, person_with(role))

        shown = said(client.get(url("pilot", drawn.pk)).content.decode())

        assert "+25.0 points" in shown
        assert "0.500" in shown
        assert "50.0%" in shown
        assert url("pilot-evaluation", drawn.pk) in shown
        assert "No limit of harm is passed" in shown
        assert "Wednesday to Friday only" in shown

    def test_the_file_has_every_week_and_what_was_computed(
        self, client: Client, drawn: Pilot
    ) -> None:
        decide(OfficeFactory.create(), FAR_MONDAY - timedelta(weeks=BEFORE))
        decide(OfficeFactory.create(), FAR_MONDAY - timedelta(weeks=BEFORE, days=1))
        sign_in(client, person_with(Role.AUDITOR))

        answer = client.get(url("pilot-evaluation", drawn.pk))

        rows = list(csv.reader(io.StringIO(answer.content.decode())))
        weeks = [row for row in rows if row and row[0].startswith("20")]
        assert len(weeks) == BEFORE + 4
        arms = [(drawn.week.isoformat(), drawn.arm) for drawn in pilots.weeks_of(drawn)]
        assert [(row[0], row[1]) for row in weeks[BEFORE:]] == arms
        assert {row[1] for row in weeks[:BEFORE]} == {"before"}
        assert {(row[1], row[2], row[3], row[4]) for row in weeks[BEFORE:]} == {
            ("base", "32", "8", "0.25"), ("trial", "32", "16", "0.5"),
        }  # fmt: skip
        (use,) = [row for row in rows if row[:1] == ["use"]]
        assert use[1:5] == ["2", "0.25", "0.5", "4"]
        assert use[-2:] == ["", ""]
        assert answer["Content-Disposition"] == f'attachment; filename="pilot-{drawn.pk}.csv"'

    @pytest.mark.parametrize("size", [1, LEAST_OFFICES])
    def test_the_need_met_of_a_small_group_stands_on_no_page_and_in_no_file(
        self, client: Client, common: Policy, size: int
    ) -> None:
        pilot, is_small = group_of(size), size < LEAST_OFFICES
        sign_in(client, person_with(Role.AUDITOR))

        shown = said(client.get(url("pilot", pilot.pk)).content.decode())
        answer = client.get(url("pilot-evaluation", pilot.pk)).content.decode()

        weeks = [row for row in csv.reader(io.StringIO(answer)) if row and row[0].startswith("20")]
        expected = [["<5", "<5"]] * 4 if is_small else [["0.5", "0.5"]] * 2 + [["1.0", "0.25"]] * 2
        assert [row[-2:] for row in weeks] == expected
        assert ("biased" in answer) is not is_small
        assert ("Group and others are not compared" in shown) is is_small
        assert ("The figure is not shown" in shown) is is_small
        assert ("The other offices attended 25.0% of the hours they need" in shown) is not is_small

    def test_the_comparison_of_a_group_is_called_biased_and_says_why(
        self, client: Client, common: Policy
    ) -> None:
        pilot = group_of(LEAST_OFFICES)
        sign_in(client, person_with(Role.TEAM_LEAD))

        shown = said(client.get(url("pilot", pilot.pk)).content.decode())

        assert "Group and others compared: biased" in shown
        assert "All offices share the same hours" in shown
        assert "ask for less afterwards by themselves" in shown

    def test_harm_is_said_first(self, client: Client, common: Policy) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        for office in OfficeFactory.create_batch(LEAST_OFFICES):
            decide(office, date(2026, 11, 24), accepted=False)
        sign_in(client, person_with(Role.POLICY_OWNER))

        shown = said(client.get(url("pilot", pilot.pk)).content.decode())

        assert "The pilot does harm: stop it" in shown
        assert "Day access is 0.0%, under 95%." in shown
        assert shown.index("Day access is") < shown.index("Week by week")

    def test_numbers_are_written_as_the_reader_writes_them(
        self, client: Client, drawn: Pilot
    ) -> None:
        sign_in(client, person_with(Role.AUDITOR))
        with translation.override("fr"):
            address = url("pilot", drawn.pk)

        assert "25,0" in client.get(address).content.decode()
