"""What was recorded by mistake, taken back on the page of its appointment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Appointment, Status
from comptoir.roster.models import Professional
from tests.liaison import factories
from tests.liaison.factories import DAY, AppointmentFactory, at
from tests.liaison.professional_pages.pages import line, markup, said, sent, url
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

MORNING_AFTER = at(DAY + timedelta(days=1), 9)


@pytest.fixture
def missed(professional: Professional) -> Appointment:
    return AppointmentFactory.create(starts_at=at(DAY, 9, 30), minutes=60, status=Status.NO_SHOW)


@pytest.fixture
def begun(professional: Professional) -> Appointment:
    return AppointmentFactory.create(starts_at=at(DAY, 9, 45), status=Status.STARTED)


@pytest.fixture
def next_morning(
    desk: Client, professional: Professional, clock: time_machine.Traveller
) -> Callable[[], None]:
    """The desk, signed in again, on the day after."""

    def come_back() -> None:
        clock.move_to(MORNING_AFTER)
        sign_in(desk, professional.person)

    return come_back


class TestNoShow:
    def test_the_professional_takes_it_back(self, desk: Client, missed: Appointment) -> None:
        page = desk.get(url("served", missed.reference))
        answer = desk.post(url("take-back", missed.reference), follow=True)

        assert url("take-back", missed.reference) in markup(page)
        assert "The appointment is booked again." in said(answer)
        assert "Begin the appointment" in said(answer)
        missed.refresh_from_db()
        assert missed.status == Status.BOOKED

    def test_so_does_a_team_lead(self, lead: Client, missed: Appointment) -> None:
        lead.post(url("take-back", missed.reference))

        missed.refresh_from_db()
        assert missed.status == Status.BOOKED

    def test_no_note_on_a_case_is_lost_by_it(self, desk: Client, missed: Appointment) -> None:
        missed.case_lines.update(preparation="Seen in May.")

        desk.post(url("take-back", missed.reference))

        assert line(missed).preparation == "Seen in May."

    def test_time_that_another_office_took_since_is_refused_with_the_next_step(
        self, desk: Client, missed: Appointment
    ) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 10), minutes=30, now=at(DAY, 9, 41))

        answer = desk.post(url("take-back", missed.reference), follow=True)

        assert "Its time has been taken since" in said(answer)
        assert "ask the office to book another time" in said(answer)

    def test_on_the_day_after_it_is_not_offered_and_is_refused(
        self, desk: Client, missed: Appointment, next_morning: Callable[[], None]
    ) -> None:
        next_morning()

        page = desk.get(url("served", missed.reference))
        answer = desk.post(url("take-back", missed.reference), follow=True)

        assert "Somebody came after all?" not in said(page)
        assert "It was recorded on an earlier day and stays as it is." in said(answer)

    def test_pressed_twice_it_says_how_things_stand(
        self, desk: Client, missed: Appointment
    ) -> None:
        desk.post(url("take-back", missed.reference))

        answer = desk.post(url("take-back", missed.reference), follow=True)

        assert "The appointment has changed in the meantime" in said(answer)

    def test_the_page_of_its_office_says_that_it_no_longer_counts(
        self, desk: Client, missed: Appointment
    ) -> None:
        desk.post(url("take-back", missed.reference))

        page = sign_in(Client(), missed.booked_by).get(url("appointment", missed.reference))

        assert "“Not attended” taken back" in said(page)
        assert "no longer counts as given up late" in said(page)


class TestStart:
    def test_it_is_as_if_it_had_not_begun(self, desk: Client, begun: Appointment) -> None:
        page = desk.get(url("served", begun.reference))
        answer = desk.post(url("served", begun.reference), {"not-begun": "1"}, follow=True)

        assert "Take the beginning back" in said(page)
        assert "It is as if the appointment had not begun." in said(answer)
        begun.refresh_from_db()
        assert begun.status == Status.BOOKED

    def test_notes_typed_meanwhile_are_kept(self, desk: Client, begun: Appointment) -> None:
        desk.post(
            url("served", begun.reference), {"not-begun": "1", **sent(preparation="They rang.")}
        )

        assert line(begun).preparation == "They rang."

    def test_an_outcome_typed_meanwhile_is_an_outcome(
        self, desk: Client, begun: Appointment
    ) -> None:
        typed = sent(outcome="answered", answer="In process.")

        answer = desk.post(url("served", begun.reference), {"not-begun": "1", **typed})

        assert answer.status_code == 422
        assert "A case has its outcome: the appointment took place." in said(answer)
        begun.refresh_from_db()
        assert begun.status == Status.STARTED
        assert line(begun).answer == "In process."

    def test_once_a_case_has_its_outcome_it_is_not_offered(
        self, desk: Client, begun: Appointment
    ) -> None:
        factories.record(begun)

        assert "Take the beginning back" not in said(desk.get(url("served", begun.reference)))

    def test_on_the_day_after_it_is_not_offered_and_is_refused(
        self, desk: Client, begun: Appointment, next_morning: Callable[[], None]
    ) -> None:
        next_morning()

        page = desk.get(url("served", begun.reference))
        answer = desk.post(url("served", begun.reference), {"not-begun": "1"})

        assert "Take the beginning back" not in said(page)
        assert answer.status_code == 422
        assert "It began on an earlier day." in said(answer)
