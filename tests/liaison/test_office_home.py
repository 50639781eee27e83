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
