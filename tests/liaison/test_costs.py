"""What giving an appointment up costs is said before it is done, and is what it then costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from comptoir.liaison.models import Appointment, OfficeWeek, Policy, Status
from comptoir.liaison.queries import costs, days
from comptoir.liaison.queries.costs import Cost
from comptoir.people.models import Office
from comptoir.ui import clock
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    move,
    start,
)
from tests.liaison.posted import said, url
from tests.liaison.test_nested import cancel, nested
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

EXCUSING = ("Business of the House or the Senate", "Emergency", "System outage")

LIMIT = at(DAY, 8)
"""Two hours before the appointment of `booked`."""

MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with (
        time_machine.travel(NOW, tick=False) as travelling,
        timezone.override(clock.service_zone()),
    ):
        yield travelling


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


def booked(office: Office) -> Appointment:
    """45 minutes from 10:00 on `DAY`."""
    return AppointmentFactory.create(office=office, minutes=45)


def cost(appointment: Appointment, now: datetime = NOW) -> Cost:
    return costs.of(appointment, days.load_rules(), now)


def charged(office: Office) -> int:
    return sum(OfficeWeek.objects.get(office=office).late)


class TestTheLimit:
    @pytest.mark.parametrize(("now", "late"), [(LIMIT, False), (LIMIT + MOMENT, True)])
    def test_it_is_free_up_to_the_limit_and_charged_after_it(
        self, office: Office, now: datetime, late: bool
    ) -> None:
        PolicyFactory.create(late_notice_minutes=120)
        appointment = booked(office)

        beforehand = cost(appointment, now)
        cancel(appointment, now)

        assert beforehand == Cost(late, LIMIT, 120, False, EXCUSING)
        assert charged(office) == (3 if late else 0)

    @pytest.mark.parametrize(("now", "late"), [(LIMIT, False), (LIMIT + MOMENT, True)])
    def test_a_move_costs_what_cancelling_costs(
        self, office: Office, now: datetime, late: bool
    ) -> None:
        PolicyFactory.create(late_notice_minutes=120)
        appointment = booked(office)

        beforehand = cost(appointment, now)
        move(appointment, at(DAY, 14), now=now)

        assert beforehand.late is late
        assert charged(office) == (3 if late else 0)

    def test_under_nested_classes_it_is_charged_until_somebody_takes_it(
        self, office: Office
    ) -> None:
        nested(late_notice_minutes=120, day_cap_percent=100, floor_minutes=0)
        appointment = booked(office)

        assert cost(appointment).refunded
        cancel(appointment, LIMIT + MOMENT)
        assert charged(office) == 3
        AppointmentFactory.create(minutes=45, now=at(DAY, 9))
        assert charged(office) == 0

    @pytest.mark.parametrize("values", [{"late_counts": False}, {"late_notice_minutes": 0}])
    def test_a_rule_that_does_not_count_lateness_makes_it_free_to_the_last(
        self, office: Office, values: dict[str, Any]
    ) -> None:
        PolicyFactory.create(**values)
        appointment = booked(office)
        last = at(DAY, 10) - MOMENT

        assert cost(appointment, last) == Cost(False, None, 0, False)
        cancel(appointment, last)
        assert charged(office) == 0

    def test_the_rule_of_the_appointments_day_decides_and_not_that_of_today(
        self, office: Office
    ) -> None:
        PolicyFactory.create(late_notice_minutes=60)
        PolicyFactory.create(late_notice_minutes=120, valid_from=DAY)

        assert cost(booked(office)).free_until == LIMIT

    def test_without_a_rule_nothing_is_charged(self, office: Office) -> None:
        appointment = booked(office)

        assert not costs.of(appointment, days.Rules({}, {}), at(DAY, 9)).late


class TestWhatCanStillBeChanged:
    def test_until_its_start_and_not_from_then_on(self, office: Office) -> None:
        appointment = booked(office)

        assert costs.is_changeable(appointment, at(DAY, 10) - MOMENT)
        assert not costs.is_changeable(appointment, at(DAY, 10))

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.STARTED])
    def test_what_is_cancelled_or_begun_costs_nothing_any_more(
        self, office: Office, status: Status
    ) -> None:
        appointment = booked(office)
        changed = cancel(appointment) if status is Status.CANCELLED else start(appointment)

        assert not costs.is_changeable(changed, NOW)
        assert [row.cost for row in costs.of_each([changed], days.load_rules(), NOW)] == [None]


FREE = "Cancelling or moving is free until Wednesday, November 18, 2026, at 8:00 a.m."
CHARGED = "Cancelled or moved now, its time (45 minutes) stays charged to that week"
ALWAYS = "Cancelling or moving is free until it begins."
PAGES = ("appointment", "cancel", "move", "office", "coming")


class TestOnThePages:
    def read(self, name: str, appointment: Appointment) -> str:
        office = appointment.office
        client = sign_in(Client(), delegate_of(office))
        about = office if name in ("office", "coming") else appointment
        page = client.get(url(name, about.reference))
        assert page.status_code == 200
        return " ".join(said(page.text).split())

    @pytest.mark.parametrize("name", PAGES)
    def test_in_time_each_says_until_when_it_is_free_and_what_comes_after(
        self, office: Office, name: str
    ) -> None:
        PolicyFactory.create(late_notice_minutes=120)

        text = self.read(name, booked(office))

        assert FREE in text
        assert "after that its time (45 minutes) stays charged to that week." in text
        assert "until somebody takes it" not in text

    @pytest.mark.parametrize("name", PAGES)
    def test_under_nested_classes_each_says_that_it_may_be_refunded(
        self, office: Office, name: str
    ) -> None:
        nested(late_notice_minutes=120, day_cap_percent=100)

        text = self.read(name, booked(office))

        assert "stays charged to that week until somebody takes it." in text

    @pytest.mark.parametrize("name", ["appointment", "office", "coming"])
    def test_late_each_says_what_it_costs_now(
        self, office: Office, traveller: time_machine.Traveller, name: str
    ) -> None:
        PolicyFactory.create(late_notice_minutes=120)
        appointment = booked(office)
        traveller.move_to(LIMIT + timedelta(minutes=1))

        text = self.read(name, appointment)

        assert f"{CHARGED}." in text
        assert "free until" not in text

    @pytest.mark.parametrize("name", ["cancel", "move"])
    def test_late_the_question_says_that_the_charge_ends_when_somebody_takes_it(
        self, office: Office, traveller: time_machine.Traveller, name: str
    ) -> None:
        nested(late_notice_minutes=120, day_cap_percent=100)
        appointment = booked(office)
        traveller.move_to(LIMIT + timedelta(minutes=1))

        text = self.read(name, appointment)

        assert "its time (45 minutes) would still count" in text
        assert "As soon as somebody takes that time, it counts no longer" in text

    @pytest.mark.parametrize("name", PAGES)
    def test_where_lateness_does_not_count_each_says_it_is_free(
        self, office: Office, name: str
    ) -> None:
        PolicyFactory.create(late_counts=False)

        assert ALWAYS in self.read(name, booked(office))

    def test_what_has_begun_says_nothing_of_it(
        self, office: Office, traveller: time_machine.Traveller
    ) -> None:
        appointment = booked(office)
        traveller.move_to(at(DAY, 10, 1))

        for name in ("appointment", "office", "coming"):
            text = self.read(name, appointment)
            assert "Cancelling or moving" not in text
            assert "Cancelled or moved now" not in text

    def test_many_rows_ask_the_rule_once(
        self, office: Office, django_assert_max_num_queries: Callable[[int], Any]
    ) -> None:
        PolicyFactory.create(generous=True)
        for hour in range(9, 16):
            AppointmentFactory.create(office=office, starts_at=at(DAY, hour))
        client = sign_in(Client(), delegate_of(office))
        client.get(url("coming", office.reference))

        with django_assert_max_num_queries(7):
            page = client.get(url("coming", office.reference))

        assert len(page.context["rows"]) == 7
        assert Policy.objects.count() == 1
