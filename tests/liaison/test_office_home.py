"""What the home of an office says of its place on the waiting list and of what counts no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from comptoir.liaison.actions import changing
from comptoir.liaison.models import Appointment, OfficeWeek, Reason, Side
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    open_day,
    waiting_entry,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NINE = at(DAY, 9)
TODAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def home(delegate: Client, office: Office) -> str:
    return said(delegate.get(url("office", office.reference)).text)


def full(on: date) -> None:
    """A day on which the only half hour is taken."""
    open_day(on, first=time(10), last=time(10, 30))
    AppointmentFactory.create(starts_at=at(on, 10))


class TestPlace:
    @pytest.fixture(autouse=True)
    def nothing_is_free(self, office: Office) -> None:
        PolicyFactory.create()
        full(DAY)

    def test_is_the_best_one_on_the_first_day_that_is_waited_for(
        self, delegate: Client, office: Office
    ) -> None:
        # The other office has used nothing lately and comes first.
        OfficeWeek.objects.create(office=office, week=date(2026, 11, 9), booked=[8, *[0] * 6])
        later = DAY + timedelta(days=1)
        full(later)
        waiting_entry(office, first_on=later, last_on=later)
        for _ in range(2):
            waiting_entry(office)
        waiting_entry(OfficeFactory.create())

        text = home(delegate, office)

        assert "Your office waits for 3 things." in text
        assert "On the list of Wednesday, November 18, 2026 it is number 2." in text
        assert "November 19, 2026 it is number" not in text

    def test_is_not_said_to_an_office_that_waits_for_nothing(
        self, delegate: Client, office: Office
    ) -> None:
        waiting_entry(OfficeFactory.create())

        assert "it is number" not in home(delegate, office)

    def test_is_not_said_for_a_day_that_nobody_can_book_yet(
        self, delegate: Client, office: Office
    ) -> None:
        waiting_entry(office)
        PolicyFactory.create(valid_from=date(2026, 11, 2), horizon_business_days=1)

        text = home(delegate, office)

        assert "Your office waits for 1 thing." in text
        assert "it is number" not in text

    def test_costs_no_more_for_an_office_that_waits_on_many_days(
        self, delegate: Client, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        waiting_entry(office)
        home(delegate, office)
        with CaptureQueriesContext(connection) as one_day:
            home(delegate, office)
        for offset in (1, 2, 5, 6):
            full(DAY + timedelta(days=offset))
        for _ in range(2):
            waiting_entry(office, last_on=DAY + timedelta(days=6))

        with django_assert_max_num_queries(len(one_day)):
            home(delegate, office)


class TestRefunds:
    WORDS = "No longer counted since Monday"

    @pytest.fixture(autouse=True)
    def two_hours_of_notice(self) -> None:
        """Nothing is kept, the limits are wide, and one professional works from ten to one."""
        PolicyFactory.create(
            nested=True, floor_minutes=0, take_up_percent=0, least_held_minutes=3_000,
            minutes_per_day=600, minutes_per_week=3_000, late_notice_minutes=120,
        )  # fmt: skip
        open_day(DAY, first=time(10), last=time(13))

    def give_up_late(self, office: Office, hour: int) -> Appointment:
        appointment = AppointmentFactory.create(
            office=office, starts_at=at(DAY, hour), minutes=60, now=NINE
        )
        return changing.cancel_appointment(
            appointment=appointment,
            side=Side.OFFICE,
            reason=Reason.NOT_NEEDED,
            by=appointment.booked_by,
            now=appointment.starts_at - timedelta(hours=1),
        )

    def take(self, hour: int) -> None:
        AppointmentFactory.create(starts_at=at(DAY, hour), minutes=30, now=NINE)

    def test_of_the_office_itself_are_said_once_others_took_the_time(
        self, traveller: time_machine.Traveller, office: Office
    ) -> None:
        traveller.move_to(NINE)
        self.give_up_late(office, 10)
        self.give_up_late(OfficeFactory.create(), 11)
        person = delegate_of(office)
        assert self.WORDS not in home(sign_in(Client(), person), office)

        self.take(10)
        self.take(11)

        text = home(sign_in(Client(), person), office)
        assert f"{self.WORDS}: 30 minutes that your office gave up late" in text

    @pytest.mark.parametrize(
        ("then", "said_still"),
        [
            (at(DAY + timedelta(days=4), 23, 59), True),
            (at(DAY + timedelta(days=5), 0), False),
        ],
    )
    def test_are_said_until_the_week_is_over(
        self,
        traveller: time_machine.Traveller,
        office: Office,
        then: datetime,
        said_still: bool,
    ) -> None:
        self.give_up_late(office, 10)
        self.take(10)
        traveller.move_to(then)

        text = home(sign_in(Client(), delegate_of(office)), office)

        assert (self.WORDS in text) is said_still


class TestAfterTheDay:
    """What pages speak of as open once nothing can begin today any more: Monday, until 17:00."""

    TUESDAY = date(2026, 11, 17)

    @pytest.fixture(autouse=True)
    def two_days(self) -> None:
        PolicyFactory.create()  # fifteen minutes' notice, a quarter hour at least
        open_day(TODAY)
        open_day(self.TUESDAY)

    def test_until_the_last_bookable_moment_today_is_spoken_of(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        traveller.move_to(at(TODAY, 16, 30))

        assert delegate.get(url("office", office.reference)).context["shares"].on == TODAY
        assert "Today" in home(delegate, office)

    @pytest.mark.parametrize("moment", [at(TODAY, 16, 31), at(TODAY, 20)])
    def test_after_it_the_home_speaks_of_the_next_service_day(
        self,
        delegate: Client,
        office: Office,
        traveller: time_machine.Traveller,
        moment: datetime,
    ) -> None:
        traveller.move_to(moment)

        assert delegate.get(url("office", office.reference)).context["shares"].on == self.TUESDAY

    def test_so_do_the_times(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        listed = {"minutes": "15", "language": "en"}
        traveller.move_to(at(TODAY, 16, 25))
        before = [
            d.on for d in delegate.get(url("times", office.reference), listed).context["days"]
        ]
        traveller.move_to(at(TODAY, 16, 31))
        after = [d.on for d in delegate.get(url("times", office.reference), listed).context["days"]]

        assert before[0] == TODAY
        assert after == before[1:]

    def test_a_today_on_which_all_is_taken_is_not_over(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        """Nothing is free, and somebody may still give something up: the refusal stands."""
        traveller.move_to(at(TODAY, 16))
        for minute in (15, 30, 45):
            AppointmentFactory.create(
                starts_at=at(TODAY, 16, minute), minutes=15, now=at(TODAY, 15)
            )
        listed = {"minutes": "15", "language": "en"}

        found = delegate.get(url("times", office.reference), listed).context["days"]

        assert found[0].on == TODAY

    def test_so_does_the_form_of_the_waiting_list(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        traveller.move_to(at(TODAY, 16, 25))
        before = delegate.get(url("wait", office.reference)).context["form"]["first_on"]
        traveller.move_to(at(TODAY, 16, 31))
        after = delegate.get(url("wait", office.reference)).context["form"]["first_on"]

        assert before.value() == TODAY.isoformat()
        assert after.value() == self.TUESDAY.isoformat()
        assert TODAY.isoformat() not in str(after)


class TestTheWeekAfter:
    NEXT = date(2026, 11, 23)

    def test_is_shown_with_what_is_left_and_allotted_of_it(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(nested=True, weekly_floor_minutes=60, minutes_per_week=240)
        OfficeWeek.objects.create(office=office, week=self.NEXT, booked=[2, *[0] * 6])

        text = home(delegate, office)

        assert "Week of November 23, 2026" in text
        assert "3 hours 30 minutes left" in text
        assert "Allotted: 1 hour; 30 minutes left, and more may be open to all." in text

    def test_without_classes_only_the_limit_is_said(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create(minutes_per_week=240)

        text = home(delegate, office)

        assert "Week of November 23, 2026" in text
        assert "Allotted:" not in text

    def test_is_that_of_the_rule_that_begins_then(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create(version=1, minutes_per_week=240)
        PolicyFactory.create(version=2, valid_from=self.NEXT, minutes_per_week=600)

        found = delegate.get(url("office", office.reference)).context

        assert (found["shares"].week.limit, found["next_week"].week.limit) == (240, 600)

    def test_is_not_shown_where_nothing_can_be_booked_in_it_yet(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(horizon_business_days=4)  # Friday

        assert "Week of November 23, 2026" not in home(delegate, office)

    def test_what_is_kept_for_the_office_has_the_whole_width(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(nested=True)

        assert '<div class="cards cards--stack"><section' in " ".join(
            home(delegate, office).split()
        ).replace("> <", "><")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_leads_to_where_a_question_is_asked(
    delegate: Client, office: Office, language: str
) -> None:
    with translation.override(language):
        page = delegate.get(reverse("liaison:office", args=[office.reference])).text
        ask = reverse("enquiries:ask")

    assert f'href="{ask}"' in page[page.index("<main") :]
