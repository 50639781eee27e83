"""What the rooms tell one another of an office's dealings about a case: enough to go on, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.enquiries.actions import clocks
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import AskerKind, Enquiry, LineKind, Promise
from comptoir.liaison.models import Appointment, CaseLine, FollowUp
from comptoir.people import dealings
from comptoir.people.dealings import About, Dealing
from comptoir.people.models import Office, Person, Role
from comptoir.people.permissions import standing_of
from comptoir.ui.clock import service_date
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import agent, enquiry, in_hand, line_of, opened
from tests.liaison.factories import DAY, AppointmentFactory, at
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NOW = at(DAY, 9)
NUMBER = "E123456789"
UCI = "12345678"


_hours = cycle([10, 11, 13, 14, 15])
"""Each appointment at a time of its own."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


def appointment(office: Office, **case: Any) -> Appointment:
    """One with a single case."""
    made = AppointmentFactory.create(office=office, starts_at=at(DAY, next(_hours)))
    CaseLine.objects.filter(appointment=made).update(**{"uci": "", **case})
    return made


def asked(office: Office, **about: Any) -> Enquiry:
    """The office's enquiry."""
    asker = Asker(kind=AskerKind.OFFICE, email="o@office.example", language="en", office=office)
    line = line_of("offices", LineKind.LEGISLATORS)
    return enquiry(asker=asker, line=line, now=NOW, application_number=NUMBER, **about)


def told(room: str, who: Person, **about: Any) -> list[Dealing]:
    """What this room is told by the others."""
    sets = {name: frozenset(value) for name, value in about.items() if name != "office"}
    asked_about = About(office=about["office"], **sets)
    return dealings.beyond(room, standing_of(who, NOW), asked_about, NOW)


def page(who: Person, name: str, reference: str) -> str:
    return sign_in(Client(), who).get(reverse(name, args=[reference])).content.decode()


class TestAppointments:
    def test_are_those_in_which_the_office_brought_the_case(self, office: Office) -> None:
        by_number = appointment(office, application_number=NUMBER)
        by_client = appointment(office, uci=UCI)
        appointment(office, application_number="E999999999")
        appointment(OfficeFactory.create(), application_number=NUMBER)

        found = told(
            "enquiries", agent().person, office=office, uci=[UCI], application_numbers=[NUMBER]
        )

        assert {each.reference for each in found} == {by_number.reference, by_client.reference}

    def test_that_were_named_are_found_without_a_number(self, office: Office) -> None:
        named = appointment(office, application_number="E999999999")

        [found] = told("enquiries", agent().person, office=office, references=[named.reference])

        assert (found.reference, found.at) == (named.reference, named.starts_at)

    def test_of_another_office_are_not_told_though_they_were_named(self, office: Office) -> None:
        named = appointment(OfficeFactory.create())

        assert told("enquiries", agent().person, office=office, references=[named.reference]) == []

    def test_say_what_is_still_to_do_and_by_when(self, office: Office) -> None:
        made = appointment(office, application_number=NUMBER)
        FollowUp.objects.create(
            case_line=made.case_lines.get(),
            professional=made.professional,
            task="Ask the visa office",
            due_on=date(2026, 12, 1),
            created_at=NOW,
        )

        [found] = told("enquiries", agent().person, office=office, application_numbers=[NUMBER])

        assert found.due_on == date(2026, 12, 1)

    def test_are_open_only_to_who_serves_or_leads(self, office: Office) -> None:
        made = appointment(office, application_number=NUMBER)
        addresses = {
            who: [
                each.address
                for each in told("enquiries", person, office=office, application_numbers=[NUMBER])
            ]
            for who, person in (
                ("agent", agent().person),
                ("lead", person_with(Role.TEAM_LEAD)),
                ("professional", made.professional.person),
            )
        }

        served = reverse("liaison:served", args=[made.reference])
        assert addresses == {"agent": [""], "lead": [served], "professional": [served]}

    def test_are_on_the_agents_page_once_the_gates_are_open(self, office: Office) -> None:
        by = agent()
        made = appointment(office, application_number=NUMBER)
        found = in_hand(by, asked(office), NOW)

        assert made.reference not in page(by.person, "enquiries:enquiry", found.reference)
        opened(found, by, NOW)

        assert made.reference in page(by.person, "enquiries:enquiry", found.reference)

    def test_that_the_office_named_are_there_before(self, office: Office) -> None:
        by = agent()
        made = appointment(office)
        found = in_hand(by, asked(office, appointment=made.reference), NOW)

        said = page(by.person, "enquiries:enquiry", found.reference)

        assert "Appointments about this case" in said
        assert made.reference in said

    def test_cost_three_queries_however_many_there_are(self, office: Office) -> None:
        standing = standing_of(person_with(Role.TEAM_LEAD), NOW)
        about = About(office=office, application_numbers=frozenset([NUMBER]))
        for count in (1, 2):
            appointment(office, application_number=NUMBER)
            with CaptureQueriesContext(connection) as asked_for:
                found = dealings.beyond("enquiries", standing, about, NOW)

            assert (len(found), len(asked_for)) == (count, 3)


class TestEnquiries:
    def test_are_on_the_page_of_the_professional_who_takes_the_case(self, office: Office) -> None:
        made = appointment(office, application_number=NUMBER)
        found = asked(office)

        said = page(made.professional.person, "liaison:served", made.reference)

        assert "Enquiries about these cases" in said
        assert found.reference in said
        assert reverse("enquiries:enquiry", args=[found.reference]) not in said

    def test_that_are_restricted_are_mentioned_to_nobody(self, office: Office) -> None:
        made = appointment(office, application_number=NUMBER)
        found = asked(office)
        Enquiry.objects.filter(pk=found.pk).update(is_restricted=True)

        for who in (made.professional.person, person_with(Role.TEAM_LEAD)):
            assert found.reference not in page(who, "liaison:served", made.reference)

    def test_of_clients_are_not_told(self, office: Office) -> None:
        made = appointment(office, application_number=NUMBER)
        found = enquiry(now=NOW, application_number=NUMBER)

        assert found.reference not in page(
            made.professional.person, "liaison:served", made.reference
        )

    def test_say_when_they_are_due_until_they_are_answered(self, office: Office) -> None:
        lead = person_with(Role.TEAM_LEAD)
        found = asked(office)
        due = found.clocks.get(promise=Promise.FINAL).due_at

        [waits] = told("liaison", lead, office=office, application_numbers=[NUMBER])
        clocks.stop(enquiry=found, promise=Promise.FINAL, by=None, now=NOW)
        [done] = told("liaison", lead, office=office, application_numbers=[NUMBER])

        assert (waits.reference, waits.due_on) == (found.reference, service_date(due))
        assert (done.reference, done.due_on) == (found.reference, None)

    def test_of_an_exercise_are_none(self, office: Office) -> None:
        lead = person_with(Role.TEAM_LEAD)
        found = asked(office)
        Enquiry.objects.filter(pk=found.pk).update(line=open_crisis(is_drill=True, now=NOW).line)

        assert told("liaison", lead, office=office, application_numbers=[NUMBER]) == []
