"""What an office reads before it moves or cancels, and of a move afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import offices
from comptoir.people.models import Office
from comptoir.ui import times
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    finish,
    move,
    start,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    PolicyFactory.create(late_notice_minutes=120)
    return OfficeFactory.create()


@pytest.fixture
def appointment(office: Office) -> Appointment:
    """45 minutes from 10:00 on `DAY`."""
    return AppointmentFactory.create(office=office, minutes=45)


@pytest.fixture
def delegate(client: Client, appointment: Appointment) -> Client:
    return sign_in(client, appointment.booked_by)


def read(client: Client, name: str, appointment: Appointment, language: str = "en") -> str:
    address = url(name, appointment.reference).replace("/en/", f"/{language}/", 1)
    return " ".join(said(client.get(address).text).split())


class TestBeforehand:
    def test_a_cancellation_in_good_time_is_spoken_of_as_something_not_yet_done(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        assert "If you cancel it, its time (45 minutes) no longer counts" in read(
            delegate, "cancel", appointment
        )
        assert "Si vous l’annulez, sa durée (45 minutes) ne sera plus comptée" in read(
            delegate, "cancel", appointment, "fr"
        )

    def test_a_move_in_good_time_says_that_the_new_time_counts(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        text = read(delegate, "move", appointment)

        assert "If you move it, the old time no longer counts" in text
        assert "the new time does count" in text
        assert "l’ancien temps ne sera plus compté" in read(delegate, "move", appointment, "fr")

    @pytest.mark.parametrize(
        ("name", "too"), [("move", "The new time would count too."), ("cancel", "")]
    )
    def test_what_is_late_says_so_with_the_notice_of_the_rule(
        self,
        client: Client,
        appointment: Appointment,
        clock: time_machine.Traveller,
        name: str,
        too: str,
    ) -> None:
        clock.move_to(appointment.starts_at - timedelta(minutes=119))
        delegate = sign_in(client, appointment.booked_by)

        text = read(delegate, name, appointment)

        assert "It begins in less than 2 hours: its time (45 minutes) would still count" in text
        assert ("The new time would count too." in text) is bool(too)
        assert "Il commence dans moins de 2 heures : sa durée (45 minutes) restera comptée" in read(
            delegate, name, appointment, "fr"
        )

    def test_what_is_no_longer_needed_is_cancelled_and_not_moved(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        offered = {
            name: {
                value
                for value, _ in delegate.get(url(name, appointment.reference))
                .context["form"]
                .fields["reason"]
                .choices
            }
            for name in ("move", "cancel")
        }

        assert offered["cancel"] - offered["move"] == {"not_needed"}
        sent = {"seen": "0", "start": "2026-11-18T19:00Z", "reason": "not_needed"}
        assert delegate.post(url("move", appointment.reference), sent).status_code == 422
        appointment.refresh_from_db()
        assert appointment.starts_at == at(DAY, 10)


class TestAfterwards:
    def test_a_move_is_told_with_the_time_it_left_and_the_time_it_took(
        self, delegate: Client, appointment: Appointment
    ) -> None:
        move(appointment, at(DAY, 14))

        text = read(delegate, "appointment", appointment)

        zone = ZoneInfo(appointment.booked_by.time_zone or appointment.office.time_zone)
        old, new = (said(times.moment(at(DAY, hour), zone=zone)) for hour in (10, 14))
        assert f"from {old} to {new}" in text

    def test_each_of_several_moves_has_its_own_two_times(self, appointment: Appointment) -> None:
        for hour in (14, 11, 15):
            move(appointment, at(DAY, hour))

        told = [
            (happened.event.from_starts_at, happened.starts_at)
            for happened in offices.happenings(offices.with_history(appointment))
            if happened.event.kind == "moved"
        ]

        assert told == [
            (at(DAY, 10), at(DAY, 14)),
            (at(DAY, 14), at(DAY, 11)),
            (at(DAY, 11), at(DAY, 15)),
        ]

    def test_what_happens_after_a_move_changes_nothing_about_where_it_went(
        self, appointment: Appointment
    ) -> None:
        move(appointment, at(DAY, 14))
        finish(start(Appointment.objects.get()))

        told = offices.happenings(offices.with_history(appointment))

        assert [happened.event.kind for happened in told] == [
            "booked",
            "moved",
            "started",
            "finished",
        ]
        assert [happened.starts_at for happened in told] == [at(DAY, 10), *[at(DAY, 14)] * 3]


def test_the_leaf_of_an_appointment_is_french_on_a_french_page(office: Office) -> None:
    AppointmentFactory.create(office=office)
    delegate = sign_in(Client(), delegate_of(office))

    page = delegate.get(url("office", office.reference).replace("/en/", "/fr/", 1)).text

    assert "<span>mer.</span><strong>18</strong><span>nov.</span>" in page
