"""What a pilot takes from the other offices: a real pilot, recounted by hand, and what a replay reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.domain.replay import Ask
from comptoir.domain.service_day import Reason as Refusal
from comptoir.domain.service_day import Refused
from comptoir.liaison.actions import changing, searching
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    Mode,
    Pilot,
    Policy,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import displacement, evenness, recorded, rows
from comptoir.liaison.queries.scorecard.displacement import Displacement
from comptoir.people.models import Office, Role
from comptoir.roster.models import OfferedHours
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    in_status,
    move,
    open_day,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import reserve

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
THURSDAY = DAY + timedelta(days=1)
NEXT_WEEK = DAY + timedelta(weeks=1)
MANY = 5
CLOCK = (NOW + timedelta(minutes=number) for number in range(10**6))


@pytest.fixture(autouse=True)
def common() -> Policy:
    """Half an hour a day for each office; a day's notice, and what is given up later counts."""
    return PolicyFactory.create(version=1, minutes_per_day=30, minutes_per_week=1200)


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """A week later: the week of `DAY` is over."""
    with time_machine.travel(NOW + timedelta(weeks=1), tick=False) as travelling:
        yield travelling


@pytest.fixture
def owner(client: Client, traveller: time_machine.Traveller) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


def offices(count: int = MANY) -> list[Office]:
    return [OfficeFactory.create() for _ in range(count)]


def book(
    office: Office, hour: int, minute: int = 0, *, on: date = DAY, **values: Any
) -> Appointment | None:
    """What the office gets, each request a minute after the last; None, on record, if it is refused."""
    values = {"now": next(CLOCK), "minutes": 30, "status": Status.FINISHED, **values}
    try:
        return AppointmentFactory.create(office=office, starts_at=at(on, hour, minute), **values)
    except NotAdmitted:
        return None


def started(group: list[Office]) -> Pilot:
    """A pilot of a fortnight from Monday, with an hour a day for each of the group."""
    return pilot_drafts.start(
        group,
        pilot=pilot_drafts.draft(starts_on=MONDAY),
        rule=pilot_drafts.trial(minutes_per_day=60),
        now=NOW - timedelta(days=4),
    )


def crowded(group: list[Office], others: list[Office]) -> Pilot:
    """Three and a half hours of `DAY`. One of the others has the first half hour of it; by the trial rule
    three of the group have an hour each, and there is nothing for the others who come then.
    """
    open_day(DAY, [ProfessionalFactory.create()], first=time(9), last=time(12, 30))
    apportion({**dict.fromkeys(others, 2), **dict.fromkeys(group, 4)})
    pilot = started(group)
    book(others[0], 9)
    for hour, office in zip((9, 10, 11), group, strict=False):
        assert book(office, hour, 30, minutes=60) is not None
    for office in others[1:]:
        assert book(office, 9, 30) is None
    return pilot


class TestOfAPilot:
    def test_is_what_the_others_had_less_what_they_would_have_had(self) -> None:
        """Under the common rule nobody of the group has an hour, and all five others have half an hour."""
        crowded(offices(), offices())

        found = displacement.of_week(MONDAY)

        # Quanta: two of ten needed as it was, all ten without the pilot.
        assert found == Displacement(MONDAY, 2, 10, 10, hidden=False)
        assert found.value == pytest.approx(-0.8)

    def test_who_was_refused_and_then_had_the_same_elsewhere_counts_once(self) -> None:
        """On Thursday there is room: without the pilot this office would have had Wednesday alone."""
        others = offices()
        crowded(offices(), others)
        open_day(THURSDAY)
        assert book(others[1], 9, on=THURSDAY) is not None

        found = displacement.of_week(MONDAY)

        assert found is not None
        assert (found.attended, found.under_common_rule) == (4, 10)

    def test_hours_for_members_alone_are_everybodys_without_it(self) -> None:
        group, others = offices(), offices()
        day = open_day(DAY, [ProfessionalFactory.create()], first=time(9), last=time(10))
        apportion(dict.fromkeys([*group, *others], 2))
        started(group)
        hours = OfferedHours.objects.get(day=day)
        reserve(hours, hours.mask, *group)
        assert book(others[0], 9) is None

        found = displacement.of_week(MONDAY)

        assert found is not None
        assert (found.attended, found.under_common_rule) == (0, 2)

    @pytest.mark.parametrize(("group", "others"), [(MANY, 4), (4, MANY)])
    def test_is_left_out_where_few_offices_stand_behind_it(self, group: int, others: int) -> None:
        crowded(offices(group), offices(others))

        found = displacement.of_week(MONDAY)

        assert found is not None
        assert found.hidden

    def test_concerns_all_offices_in_a_week_that_was_drawn(self) -> None:
        pilot = pilot_drafts.start(
            pilot=pilot_drafts.weeks(), rule=pilot_drafts.trial(minutes_per_day=60)
        )
        drawn = {one.week: one.arm for one in pilot.weeks.all()}

        concerned = {week: bool(displacement.pilots_of(week)) for week in drawn}

        assert concerned == {week: arm == "trial" for week, arm in drawn.items()}

    def test_is_none_without_a_pilot(self) -> None:
        others = offices()
        open_day(DAY)
        book(others[0], 9)

        assert displacement.of_week(MONDAY) is None


def _loaded(needing: list[Office]) -> tuple[Any, Any]:
    """The week, and a need of an hour for each of these offices."""
    use = rows.load(MONDAY, MONDAY + timedelta(days=6), days.load_rules())
    return use, evenness.services(use, {office.pk: 4.0 for office in needing})


class TestUnderTheRuleInForce:
    """A week of everything that happens to appointments. Replayed under its own rule it is the same week."""

    def lived(self) -> list[Office]:
        found = offices(6)
        open_day(DAY, [ProfessionalFactory.create()], first=time(9), last=time(12))
        open_day(THURSDAY, [ProfessionalFactory.create()], first=time(9), last=time(11))
        open_day(NEXT_WEEK, [ProfessionalFactory.create()])
        book(found[0], 9)
        book(found[0], 10)  # over its limit of the day
        book(found[1], 9)  # taken
        kept = book(found[1], 9, 30, status=Status.BOOKED)
        gone = book(found[2], 10, status=Status.BOOKED)
        assert kept is not None
        assert gone is not None
        in_status(move(kept, at(THURSDAY, 9), now=next(CLOCK)), Status.FINISHED)
        move(gone, at(NEXT_WEEK, 9), now=next(CLOCK))
        book(found[3], 10, status=Status.NO_SHOW)
        assert book(found[5], 9, 30) is not None  # what was moved away from
        late = book(found[4], 11, status=Status.BOOKED)
        assert late is not None
        self.give_up(late, late.starts_at - timedelta(hours=1))
        book(found[4], 11, 30, now=late.starts_at - timedelta(minutes=50))  # it counts: refused
        book(found[2], 11, now=late.starts_at - timedelta(minutes=45))
        return found

    def give_up(self, appointment: Appointment, now: datetime, side: Side = Side.OFFICE) -> None:
        changing.cancel_appointment(
            appointment=appointment, side=side, reason=Reason.NOT_NEEDED,
            by=appointment.booked_by, now=now,
        )  # fmt: skip

    @pytest.mark.parametrize("nested", [False, True])
    def test_nothing_is_displaced(self, nested: bool) -> None:
        if nested:
            PolicyFactory.create(
                version=2, valid_from=MONDAY, nested=True, minutes_per_day=30, minutes_per_week=1200
            )
        found = self.lived()

        was = displacement.of_use(MONDAY, *_loaded(found), [])

        live = Appointment.objects.filter(status=Status.FINISHED, day__on__range=(DAY, THURSDAY))
        assert was.attended == sum(one.quanta for one in live)
        assert was.attended >= 6
        assert was.under_common_rule == was.attended

    def test_each_office_attends_what_it_attended(self) -> None:
        found = self.lived()
        use, services = _loaded(found)

        had = displacement.under_common_rule(MONDAY, use, ())

        attended = {pk: one.attended for pk, one in services.items()}
        assert {pk: had.get(pk, 0) for pk in attended} == attended

    def test_a_time_that_could_not_be_kept_is_a_request(self) -> None:
        """Without the limit that refused it, it is granted."""
        group, others = offices(), offices()
        open_day(DAY)
        apportion(dict.fromkeys([*group, *others], 2))
        started(group)
        wish = Wish(at(DAY, 10), 30, "en", Mode.TELEPHONE)
        refused = Refused(Refusal.KEPT, {})
        searching.note_not_kept(office=others[0], wish=wish, refused=refused, now=NOW)

        found = displacement.of_week(MONDAY)

        assert found is not None
        assert (found.attended, found.under_common_rule) == (0, 2)


class TestRecorded:
    def events(self) -> list[tuple[str, bool]]:
        """Of the week: what was asked, as a move or not, and what was given up, by the centre or not."""
        use = rows.load(MONDAY, MONDAY + timedelta(days=6), days.load_rules())
        grids = {hours.on: hours.grid for hours in use.hours}
        found = recorded.load(MONDAY, MONDAY + timedelta(days=6), grids)
        assert len({event.need for event in found.events}) == 1
        return [
            ("ask", event.moves) if isinstance(event, Ask) else ("give up", event.centre)
            for event in found.events
        ]

    def booked(self) -> Appointment:
        for on in (DAY, THURSDAY, NEXT_WEEK):
            open_day(on)
        found = book(offices(1)[0], 9, status=Status.BOOKED)
        assert found is not None
        return found

    def test_a_move_within_the_week_gives_nothing_up_by_itself(self) -> None:
        move(self.booked(), at(THURSDAY, 9), now=next(CLOCK))

        assert self.events() == [("ask", False), ("ask", True)]

    def test_a_move_to_another_week_gives_up_what_it_had(self) -> None:
        move(self.booked(), at(NEXT_WEEK, 9), now=next(CLOCK))

        assert self.events() == [("ask", False), ("give up", False)]

    def test_a_move_from_another_week_asks(self) -> None:
        appointment = book(offices(1)[0], 9, on=NEXT_WEEK, status=Status.BOOKED)
        open_day(DAY)
        assert appointment is not None
        move(appointment, at(DAY, 9), now=next(CLOCK))

        assert self.events() == [("ask", False)]

    def test_what_is_held_of_other_weeks_is_known(self) -> None:
        office = offices(1)[0]
        for on in (NEXT_WEEK, DAY):
            open_day(on)
            book(office, 9, on=on, status=Status.BOOKED)
        use = rows.load(MONDAY, MONDAY + timedelta(days=6), days.load_rules())

        (asked,) = recorded.load(MONDAY, DAY, {hours.on: hours.grid for hours in use.hours}).events

        assert isinstance(asked, Ask)
        assert asked.held_elsewhere == 2

    def test_what_the_centre_cancels_is_not_the_office_s_doing(self) -> None:
        TestUnderTheRuleInForce().give_up(self.booked(), next(CLOCK), Side.CENTRE)

        assert self.events() == [("ask", False), ("give up", True)]


class TestPages:
    def figures_of(self, client: Client) -> dict[str, list[str]]:
        text = client.get(url("scorecard-file", MONDAY)).content.decode("utf-8-sig")
        return {row["code"]: list(row.values()) for row in csv.DictReader(io.StringIO(text))}

    def test_the_scorecard_and_its_file_show_it_with_its_formula(self, owner: Client) -> None:
        crowded(offices(), offices())

        page = said(owner.get(url("scorecard")).content.decode())
        rows_of = self.figures_of(owner)

        assert "−80.0 points" in page
        assert "less what it would have been under the common rule" in page
        assert rows_of["displacement"][3:6] == ["-0.8", "-2", "2.5"]
        assert rows_of["others_served_without"][3:6] == ["1", "2.5", "2.5"]

    def test_without_a_pilot_they_say_that_nothing_was(self, owner: Client) -> None:
        open_day(DAY)
        book(offices(1)[0], 9)

        page = said(owner.get(url("scorecard")).content.decode())

        assert "No pilot was in force in this week." in page
        assert self.figures_of(owner)["displacement"][3] == "0"

    def test_of_few_offices_nothing_is_shown(self, owner: Client) -> None:
        crowded(offices(4), offices())

        assert self.figures_of(owner)["displacement"][3:6] == ["<5", "", ""]

    def test_the_pilot_shows_it_where_it_says_what_it_costs(self, owner: Client) -> None:
        pilot = crowded(offices(), offices())

        page = said(owner.get(url("pilot", pilot.pk)).content.decode())

        assert "Displacement is the first less the second: −80.0 points." in page
        assert url("scorecard-week", MONDAY) in page

    def test_the_pilot_says_nothing_of_few_offices(self, owner: Client) -> None:
        pilot = crowded(offices(4), offices())

        page = said(owner.get(url("pilot", pilot.pk)).content.decode())

        assert "Nothing is said of what the pilots took" in page
        assert "Displacement is" not in page

    def test_the_week_of_a_pilot_takes_a_fixed_number_of_statements(
        self, owner: Client, django_assert_num_queries: Any
    ) -> None:
        crowded(offices(), offices())
        owner.get(url("scorecard"))

        # As without a pilot, 18, with the group and the weeks of it; the common rules, the day before,
        # the offices, allowances and credits; requests, appointments, their changes, other weeks.
        with django_assert_num_queries(18 + 2 + 5 + 4):
            owner.get(url("scorecard"))
