"""Who looked at which cases stands in the trail: one row for a page, of whichever side."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.actions import seeing
from comptoir.liaison.models import Appointment, FollowUp, Status
from comptoir.people.models import Person
from tests.liaison import factories
from tests.liaison.factories import NOW, AppointmentFactory, consent_case, member_case
from tests.liaison.posted import url
from tests.people.factories import PersonFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment() -> Appointment:
    return AppointmentFactory.create(cases=[consent_case(), member_case()])


@pytest.fixture
def reader() -> Person:
    return PersonFactory.create()


def cases_of(appointment: Appointment) -> list[int]:
    return [case.pk for case in appointment.case_lines.order_by("position")]


def event() -> Event:
    found = Event.objects.get(verb=Verb.SAW)
    assert found.at == NOW
    return found


def test_an_appointment_is_seen_with_its_cases(appointment: Appointment, reader: Person) -> None:
    seeing.note_appointment_seen(
        appointment=appointment,
        cases=appointment.case_lines.order_by("position"),
        by=reader,
        now=NOW,
    )

    assert event().action == "appointment.seen"
    assert event().actor_id == reader.pk
    assert event().object_id == str(appointment.pk)
    assert event().office_id == appointment.office_id
    assert event().detail == {"cases": cases_of(appointment)}


def test_an_appointment_whose_cases_were_disposed_of_is_still_seen(
    appointment: Appointment, reader: Person
) -> None:
    seeing.note_appointment_seen(appointment=appointment, cases=[], by=reader, now=NOW)

    assert event().detail == {"cases": []}


def test_a_list_of_an_offices_cases_names_them(appointment: Appointment, reader: Person) -> None:
    cases = list(appointment.case_lines.order_by("position"))

    seeing.note_cases_seen(office=appointment.office, cases=cases, by=reader, now=NOW)

    assert event().action == "cases.seen"
    assert event().object_id == str(appointment.office_id)
    assert event().office_id == appointment.office_id
    assert event().detail == {"cases": cases_of(appointment)}


@pytest.mark.parametrize("of_one", [True, False])
def test_follow_ups_name_the_cases_they_speak_of(
    appointment: Appointment, reader: Person, of_one: bool
) -> None:
    left: FollowUp = factories.follow_up(appointment=appointment)

    seeing.note_follow_ups_seen(
        professional=left.professional if of_one else None, follow_ups=[left], by=reader, now=NOW
    )

    assert event().action == "follow_ups.seen"
    assert event().object_id == str(left.professional_id)
    assert event().detail == {"cases": [left.case_line_id]}


def test_an_empty_list_shows_nothing_and_leaves_nothing(
    appointment: Appointment, reader: Person
) -> None:
    seeing.note_cases_seen(office=appointment.office, cases=[], by=reader, now=NOW)
    seeing.note_follow_ups_seen(professional=None, follow_ups=[], by=reader, now=NOW)

    assert not Event.objects.filter(verb=Verb.SAW).exists()


def test_both_sides_leave_the_same_row_for_the_same_appointment(client: Client) -> None:
    appointment = AppointmentFactory.create(
        cases=[consent_case(), member_case()], status=Status.STARTED
    )
    now = appointment.starts_at + timedelta(minutes=5)
    for person, page in (
        (appointment.booked_by, "appointment"),
        (appointment.professional.person, "served"),
    ):
        with time_machine.travel(now, tick=False):
            sign_in(client, person).get(url(page, appointment.reference))

    office, professional = Event.objects.filter(verb=Verb.SAW).order_by("pk")
    assert office.actor_id == appointment.booked_by_id
    assert professional.actor_id == appointment.professional.person_id
    assert office.action == professional.action == "appointment.seen"
    assert office.detail == professional.detail == {"cases": cases_of(appointment)}
