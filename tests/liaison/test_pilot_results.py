"""What came of a pilot: weeks recounted by hand, effects that were put in, harms, the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
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
from comptoir.liaison.queries import pilots, readings, results
from comptoir.liaison.queries.readings import Asked, Totals
from comptoir.people.models import Office, Role
from comptoir.roster.models import Professional, ServiceDay
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    open_day,
)
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


class TestWeek:
    def test_what_was_offered_attended_asked_for_and_had_is_counted(
        self, common: Policy, professional: Professional
    ) -> None:
        day = open_day(DAY, [professional])
        open_day(DAY + timedelta(days=1), [professional])
        member, other = OfficeFactory.create(), OfficeFactory.create()
        decide(member, DAY, 4)
        decide(member, DAY, 2, accepted=False)
        decide(other, DAY, 4, accepted=False)
        decide(other, DAY, 4, accepted=False)
        decide(other, DAY + timedelta(days=1), 3, accepted=False, instead=1)
        attend(member, day, professional, 4)

        found = readings.weekly(WEEK, WEEK + timedelta(weeks=1), [member.pk])[WEEK]

        assert (found.offered, found.attended) == (64, 4)
        assert found.group == Asked(2, needed=4, granted=4, office_days=1, reached=1)
        assert found.others == Asked(3, needed=7, granted=0, office_days=2, reached=1)
        assert found.use == 4 / 64
        assert found.day_access == pytest.approx(2 / 3)
        # Four quanta were refused on the first day and three on the second, where all was idle.
        assert found.avoidable_idle == 7 / 64

    def test_no_more_is_avoidable_than_was_idle_and_no_more_than_was_refused(
        self, common: Policy, professional: Professional
    ) -> None:
        day = open_day(DAY, [professional])
        busy, refused = OfficeFactory.create(), OfficeFactory.create()
        decide(busy, DAY, 30)
        attend(busy, day, professional, 30)
        decide(refused, DAY, 4, accepted=False)

        found = readings.weekly(WEEK, WEEK + timedelta(weeks=1), [])[WEEK]

        assert found.avoidable == 2

    def test_what_the_centre_does_and_other_weeks_are_not_counted(self, common: Policy) -> None:
        office = OfficeFactory.create()
        decide(office, DAY, side=Side.CENTRE)
        decide(office, WEEK - timedelta(days=1))
        decide(office, WEEK + timedelta(days=7))

        found = readings.weekly(WEEK, WEEK + timedelta(weeks=1), [])

        assert found == {WEEK: Totals()}

    def test_real_bookings_are_what_is_read(self, common: Policy) -> None:
        booked = AppointmentFactory.create(status=Status.FINISHED)

        found = readings.weekly(WEEK, WEEK + timedelta(weeks=1), [booked.office_id])[WEEK]

        assert (found.attended, found.group.granted, found.use) == (2, 2, 2 / 32)

    def test_where_nothing_was_offered_or_asked_nothing_is_said(self) -> None:
        found = Totals()

        assert (found.use, found.day_access, found.avoidable_idle, found.group.fill) == (None,) * 4

    def test_all_weeks_are_one_query(self, django_assert_num_queries: Callable[[int], Any]) -> None:
        with django_assert_num_queries(1):
            assert len(readings.weekly(WEEK, WEEK + timedelta(weeks=30), [])) == 30


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


class TestGroup:
    @pytest.fixture
    def pilot(self, common: Policy, professional: Professional) -> Pilot:
        """Before, everybody gets half of four quanta; since, the member all of it and others a quarter."""
        member, other = OfficeFactory.create(), OfficeFactory.create()
        pilot = pilot_drafts.start(
            [member],
            pilot=pilot_drafts.draft(
                starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 7),
                least_day_access_percent=100,
            ),
        )  # fmt: skip
        for on in (date(2026, 11, 9), date(2026, 11, 16)):
            for office in (member, other):
                decide(office, on, 4, accepted=False, instead=1)
                decide(office, on, 2)
        for on in (date(2026, 11, 23), date(2026, 11, 30)):
            decide(member, on, 4)
            decide(other, on, 4, accepted=False)
            decide(other, on, 1)
        return pilot

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
        decide(OfficeFactory.create(), date(2026, 11, 24), 1, accepted=False)

        found = results.results_of(pilot, pilot.ends_on)

        # One quarter hour of 32 was refused and stayed empty: 3.1%, more than 3%.
        assert set(found.harms) == set(Harm)

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
        assert answer["Content-Disposition"] == f'attachment; filename="pilot-{drawn.pk}.csv"'

    def test_the_comparison_of_a_group_is_called_biased_and_says_why(
        self, client: Client, common: Policy
    ) -> None:
        member, other = OfficeFactory.create(), OfficeFactory.create()
        pilot = pilot_drafts.start([member], pilot=pilot_drafts.draft(ends_on=date(2026, 12, 21)))
        for on in (date(2026, 11, 9), date(2026, 11, 24)):
            for office in (member, other):
                decide(office, on)
        sign_in(client, person_with(Role.TEAM_LEAD))

        shown = said(client.get(url("pilot", pilot.pk)).content.decode())

        assert "Group and others compared: biased" in shown
        assert "All offices share the same hours" in shown
        assert "ask for less afterwards by themselves" in shown

    def test_harm_is_said_first(self, client: Client, common: Policy) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        decide(OfficeFactory.create(), date(2026, 11, 24), accepted=False)
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
