"""Looking for an answer: the words, often a client's number, stay with their office and for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Appointment, Status
from comptoir.people import searching
from comptoir.people.models import Office, Role
from tests.liaison.factories import NOW, AppointmentFactory, delegate_of
from tests.liaison.posted import url
from tests.people.factories import GrantFactory, OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = [pytest.mark.django_db]

LATER = NOW + timedelta(days=10)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def appointment() -> Appointment:
    return AppointmentFactory.create(status=Status.FINISHED)


@pytest.fixture
def office(appointment: Appointment) -> Office:
    return appointment.office


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def look_for(client: Client, office: Office, words: str) -> str:
    response = client.post(url("answers", office.reference), {"words": words})
    assert response["Location"] == url("answers", office.reference)
    return answers(client, office)


def answers(client: Client, office: Office) -> str:
    return client.get(url("answers", office.reference)).text


def test_an_answer_is_found_by_the_reference_of_its_appointment(
    delegate: Client, office: Office, appointment: Appointment
) -> None:
    assert "The file is with the visa office." in look_for(delegate, office, appointment.reference)
    assert "Nothing found" in look_for(delegate, office, "no such words")


def test_showing_all_forgets_the_words(delegate: Client, office: Office) -> None:
    look_for(delegate, office, "no such words")

    assert "Nothing found" not in look_for(delegate, office, "")
    assert "no such words" not in str(dict(delegate.session.items()))


def test_words_that_cannot_be_looked_for_show_everything(delegate: Client, office: Office) -> None:
    assert "Nothing found" not in look_for(delegate, office, "a\x00b")


def test_the_words_are_not_looked_for_in_another_office_of_the_same_person(
    delegate: Client, office: Office
) -> None:
    other = OfficeFactory.create()
    GrantFactory.create(person=delegate_of(office), office=other, role=Role.DELEGATE)

    look_for(delegate, office, "8123-4567")

    assert "8123-4567" in answers(delegate, office)
    assert "8123-4567" not in answers(delegate, other)


def test_the_words_stay_while_one_reads_and_are_gone_an_hour_later(
    delegate: Client, office: Office, clock: time_machine.Traveller
) -> None:
    look_for(delegate, office, "8123-4567")
    reads = 5
    for _ in range(reads):
        clock.shift(timedelta(minutes=14))
        assert "8123-4567" in answers(delegate, office)

    session = delegate.session
    assert searching.drop_old(session, LATER + reads * timedelta(minutes=14) + timedelta(hours=1))

    assert "8123-4567" not in str(dict(session.items()))
