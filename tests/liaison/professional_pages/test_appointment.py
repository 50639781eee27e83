"""One appointment: the office, the cases, beginning, a no-show, the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.models import (
    Appointment,
    Outcome,
    Status,
)
from comptoir.roster.models import Professional
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    ProfessionalFactory,
    at,
    consent_case,
    member_case,
)
from tests.liaison.professional_pages.pages import (
    TEN,
    line,
    markup,
    said,
    sent,
    untouched,
    url,
)
from tests.people.factories import OfficeFactory, OfficeTelephoneFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


class TestAppointment:
    def test_a_colleagues_appointment_does_not_exist(self, client: Client, desk: Client) -> None:
        appointment = AppointmentFactory.create()
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert colleague.get(url("served", appointment.reference)).status_code == 404
        answer = colleague.post(url("served", appointment.reference), {"start": "1"})
        assert answer.status_code == 404
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_a_team_lead_can_stand_in(self, lead: Client) -> None:
        appointment = AppointmentFactory.create()

        assert lead.get(url("served", appointment.reference)).status_code == 200

    def test_the_office_is_there_with_its_own_time(self, desk: Client) -> None:
        office = OfficeFactory.create(
            legislator="Western Office", time_zone="America/Vancouver", french=True
        )
        OfficeTelephoneFactory.create(office=office, label="Constituency", number="604-555-0142")
        appointment = AppointmentFactory.create(office=office, telephone="604-555-0199")

        page = desk.get(url("served", appointment.reference))

        words = said(page)
        assert "Western Office" in words
        assert office.place in words
        assert "Its language French" in words
        assert "Its time now 8:00 a.m. (Vancouver time)" in words
        assert "8:00 to 8:30 a.m. (Vancouver time)" in words
        assert "Constituency: 604-555-0142" in words
        assert 'href="tel:604-555-0199"' in markup(page)

    def test_every_case_is_there_with_all_it_brings(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(uci="12345678"), member_case(question="Is anything missing?")]
        )

        words = said(desk.get(url("served", appointment.reference)))

        assert "Case 1: Study permit" in words
        assert "UCI 1234-5678" in words
        assert "Case 2: Family class" in words
        assert "Application number F123456789" in words
        assert "Is anything missing?" in words
        assert (
            "Written consent of Fictional Constituent, signed on November 2, 2026, "
            "until November 1, 2027" in words
        )
        assert "Privacy Act, paragraph 8(2)(g)" in words

    def test_looking_at_it_leaves_one_row_for_the_page(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case(), member_case()])

        desk.get(url("served", appointment.reference))

        event = Event.objects.get(verb=Verb.SAW)
        assert event.actor_id == professional.person.pk
        assert event.object_id == str(appointment.pk)
        assert event.detail["cases"] == [line(appointment, 1).pk, line(appointment, 2).pk]

    def test_an_expired_consent_forbids_to_speak(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()
        factories.end_consent(appointment, date(2026, 11, 17))

        page = desk.get(url("served", appointment.reference))

        assert "You may not speak about this case" in markup(page)
        assert "The consent ended on November 17, 2026, before the appointment." in said(page)

    def test_a_case_with_a_good_basis_carries_no_warning(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case(), member_case()])

        assert "You may not speak" not in markup(desk.get(url("served", appointment.reference)))

    def test_the_number_of_queries_does_not_grow_with_the_cases(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case()] * 12, status=Status.STARTED)
        for position in range(1, 13):
            factories.record(appointment, Outcome.REFERRED, position=position)

        desk.get(url("served", appointment.reference))

        # Session, person, grants; appointment, cases, telephones, next one, target, closed days; enquiries; SAW.
        with django_assert_num_queries(11):
            desk.get(url("served", appointment.reference))


class TestStart:
    def test_on_time(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        answer = desk.post(url("served", appointment.reference), {"start": "1", "late": ""})

        assert answer.status_code == 302
        appointment.refresh_from_db()
        assert appointment.status == Status.STARTED
        assert appointment.started_at == TEN
        assert appointment.office_late_minutes == 0

    def test_the_office_was_late(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        desk.post(url("served", appointment.reference), {"start": "1", "late": "7"})

        appointment.refresh_from_db()
        assert appointment.office_late_minutes == 7
        assert "The office was 7 minutes late" in said(
            desk.get(url("served", appointment.reference))
        )

    @pytest.mark.parametrize("typed", ["-1", "481", "soon"])
    def test_a_number_of_minutes_that_cannot_be_is_refused(self, desk: Client, typed: str) -> None:
        appointment = AppointmentFactory.create()

        answer = desk.post(url("served", appointment.reference), {"start": "1", "late": typed})

        assert answer.status_code == 422
        assert typed in markup(answer)
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_notes_typed_beforehand_are_saved_by_the_same_button(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        desk.post(
            url("served", appointment.reference),
            {"start": "1", **sent(preparation="Seen the file.")},
        )

        assert line(appointment).preparation == "Seen the file."

    def test_it_cannot_begin_before_its_day(
        self, desk: Client, clock: time_machine.Traveller
    ) -> None:
        appointment = AppointmentFactory.create()
        clock.move_to(NOW)
        sign_in(desk, appointment.professional.person)

        page = desk.get(url("served", appointment.reference))
        answer = desk.post(url("served", appointment.reference), {"start": "1"})

        assert "It can begin on Wednesday, November 18, 2026" in said(page)
        assert answer.status_code == 422
        assert "It is too early: the appointment can begin on" in said(answer)

    def test_on_its_day_it_can_begin_from_so_long_before_its_time_as_the_rule_says(
        self, desk: Client, clock: time_machine.Traveller
    ) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10, 30))

        page = said(desk.get(url("served", appointment.reference)))
        desk.post(url("served", appointment.reference), {"start": "1"})

        assert "It can begin from 10:15 a.m. (Toronto time) on" in page
        assert "Begin the appointment" not in page
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED
        clock.move_to(at(DAY, 10, 15))
        later = sign_in(Client(), appointment.professional.person)
        assert "Begin the appointment" in said(later.get(url("served", appointment.reference)))

    def test_while_another_goes_on_it_cannot_begin_and_the_page_leads_to_the_other(
        self, desk: Client
    ) -> None:
        other = AppointmentFactory.create(starts_at=at(DAY, 9, 30), status=Status.STARTED)
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10))

        page = desk.get(url("served", appointment.reference))
        answer = desk.post(url("served", appointment.reference), {"start": "1"})

        assert "Begin the appointment" not in said(page)
        assert f'{url("served", other.reference)}#finish"' in markup(page)
        assert answer.status_code == 422
        assert f"Another appointment goes on, with {other.office.legislator}." in said(answer)
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_one_that_somebody_else_began_shows_how_it_stands(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        answer = desk.post(url("served", appointment.reference), {"start": "1"})

        assert answer.status_code == 422
        assert "The appointment has changed in the meantime" in said(answer)


class TestNoShow:
    def test_it_is_recorded_once_the_office_has_been_waited_for(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 9, 45))

        answer = desk.post(url("served", appointment.reference), {"no-show": "1"}, follow=True)

        appointment.refresh_from_db()
        assert appointment.status == Status.NO_SHOW
        assert "It is on record that nobody came" in said(answer)

    def test_until_then_it_is_refused_and_the_page_says_from_when(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10))

        page = desk.get(url("served", appointment.reference))
        answer = desk.post(url("served", appointment.reference), {"no-show": "1"})

        assert "You can say so from 10:10 a.m." in said(page)
        assert "Record that nobody came" not in said(page)
        assert answer.status_code == 422
        assert "you can say that nobody came from 10:10 a.m. (Toronto time) on" in said(answer)
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_what_it_costs_the_office_is_said_before(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 9, 45), minutes=45)

        words = said(desk.get(url("served", appointment.reference)))

        assert "All 45 minutes will count as the office’s" in words


class TestFinish:
    @pytest.fixture
    def running(self, professional: Professional) -> Appointment:
        return AppointmentFactory.create(
            cases=[consent_case(), member_case()], status=Status.STARTED
        )

    def test_it_names_the_cases_without_an_outcome(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(url("served", running.reference), {"finish": "1"})

        assert answer.status_code == 422
        assert "Cases 1 and 2 have no outcome yet. Choose one for each, then finish." in said(
            answer
        )

        factories.record(running, position=1)
        answer = desk.post(url("served", running.reference), untouched(running) | {"finish": "1"})
        assert "Case 2 has no outcome yet. Choose one, then finish." in said(answer)
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_it_saves_the_last_outcomes_and_ends(
        self, desk: Client, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        factories.record(running, position=1)
        clock.move_to(TEN + timedelta(minutes=12))

        answer = desk.post(
            url("served", running.reference),
            {
                "finish": "1",
                **untouched(running),
                **sent(2, outcome="answered", answer="Nothing is missing."),
            },
            follow=True,
        )

        running.refresh_from_db()
        assert running.status == Status.FINISHED
        assert running.minutes_used == 12
        assert "The appointment is finished." in said(answer)
        assert "12 minutes of 30 minutes booked" in said(answer)

    def test_an_unfinished_sentence_elsewhere_keeps_it_open(
        self, desk: Client, running: Appointment
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)

        answer = desk.post(
            url("served", running.reference),
            {"finish": "1", **untouched(running), **sent(2, outcome="answered", answer="")},
        )

        assert answer.status_code == 422
        assert "Correct the cases that are marked" in said(answer)
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_the_time_used_can_be_corrected(
        self, desk: Client, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)
        clock.move_to(TEN + timedelta(minutes=40))

        desk.post(
            url("served", running.reference),
            {"finish": "1", "used": "25", **untouched(running)},
        )

        running.refresh_from_db()
        assert running.minutes_used == 25

    @pytest.mark.parametrize("typed", ["0", "481", "x"])
    def test_a_time_used_that_cannot_be_is_refused(
        self, desk: Client, running: Appointment, typed: str
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)

        answer = desk.post(
            url("served", running.reference),
            {"finish": "1", "used": typed, **untouched(running)},
        )

        assert answer.status_code == 422
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_more_than_has_gone_by_is_refused_with_what_has(
        self, desk: Client, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)
        clock.move_to(TEN + timedelta(minutes=20))

        answer = desk.post(
            url("served", running.reference),
            {"finish": "1", "used": "60", **untouched(running)},
        )

        assert answer.status_code == 422
        assert "It began 20 minutes ago: it cannot have taken longer." in said(answer)
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_what_was_left_open_asks_the_next_day_how_long_it_took(
        self, professional: Professional, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)
        clock.move_to(at(DAY + timedelta(days=1), 9))
        desk = sign_in(Client(), professional.person)
        address = url("served", running.reference)

        page = desk.get(address)
        assert "too long ago for the clock to say what it took. Booked: 30 minutes." in said(page)
        assert "so far" not in said(page)
        refused = desk.post(address, {"finish": "1", "used": "", **untouched(running)})
        assert refused.status_code == 422
        assert "Write how many minutes it took." in said(refused)
        answer = desk.post(
            address, {"finish": "1", "used": "40", **untouched(running)}, follow=True
        )

        assert "The appointment is finished." in said(answer)
        running.refresh_from_db()
        assert running.minutes_used == 40

    def test_afterwards_the_next_appointment_is_one_step_away(
        self, desk: Client, running: Appointment
    ) -> None:
        following = AppointmentFactory.create(starts_at=at(DAY, 11))
        factories.finish(running)

        page = desk.get(url("served", running.reference))

        assert f"Next: 11:00 a.m., {following.office.legislator}" in said(page)

    def test_afterwards_nothing_can_be_typed(self, desk: Client, running: Appointment) -> None:
        factories.finish(running)

        page = desk.get(url("served", running.reference))

        assert "gcds-textarea" not in markup(page)
        assert "The file is with the visa office." in said(page)

    def test_one_that_was_forgotten_is_recorded_afterwards(
        self, desk: Client, professional: Professional, clock: time_machine.Traveller
    ) -> None:
        appointment = AppointmentFactory.create(minutes=30)
        clock.move_to(at(DAY, 16))
        sign_in(desk, professional.person)

        page = desk.get(url("served", appointment.reference))
        desk.post(url("served", appointment.reference), {"start": "1", "late": "5"})

        assert "Its time has passed and nobody has said what became of it" in markup(page)
        appointment.refresh_from_db()
        assert appointment.started_at == at(DAY, 10, 5)
