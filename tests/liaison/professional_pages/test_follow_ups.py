"""The list of follow-ups, and closing one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.models import (
    CaseLine,
    FollowUp,
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
)
from tests.liaison.professional_pages.pages import (
    complete,
    left,
    markup,
    said,
    url,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


class TestFollowUps:
    def test_the_soonest_due_comes_first_and_late_ones_say_so(
        self, desk: Client, professional: Professional
    ) -> None:
        for hour, (task, due_on) in enumerate(
            [
                ("Due later", date(2026, 12, 2)),
                ("Long due", date(2026, 11, 16)),
                ("Due this day", DAY),
            ],
            start=9,
        ):
            left(task, due_on, hour)

        words = said(desk.get(url("follow-ups")))

        places = [words.index(task) for task in ("Long due", "Due this day", "Due later")]
        assert places == sorted(places)
        assert "2 days late" in words
        assert "Due today" in words
        assert "Open (3)" in words
        assert "Late (1)" in words

    def test_the_filter_shows_late_ones_or_done_ones(self, desk: Client) -> None:
        left("Long due", date(2026, 11, 16), 9)
        left("Due later", date(2026, 12, 2), 10)
        done = left("Already done", date(2026, 12, 1), 11)
        complete(done, "The card was sent again.")

        late = said(desk.get(url("follow-ups"), {"show": "late"}))
        finished = said(desk.get(url("follow-ups"), {"show": "done"}))

        assert "Long due" in late
        assert "Due later" not in late
        assert "Already done" in finished
        assert "The card was sent again." in finished
        assert "Long due" not in finished

    def test_one_that_was_withdrawn_is_no_longer_open_and_says_why_it_is_closed(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, Outcome.REFERRED, task="Ask Lagos")
        factories.record(appointment, Outcome.ANSWERED)
        withdrawn = FollowUp.objects.get()

        assert "Ask Lagos" not in said(desk.get(url("follow-ups")))
        closed = said(desk.get(url("follow-ups"), {"show": "done"}))
        assert "Ask Lagos" in closed
        assert "Withdrawn: the outcome was corrected" in closed
        page = said(desk.get(url("follow-up", withdrawn.pk)))
        assert "The outcome that asked for it was corrected" in page
        assert professional.person.name in page

    def test_a_filter_that_makes_no_sense_shows_open_ones(self, desk: Client) -> None:
        left("Due later", date(2026, 12, 2), 9)

        page = desk.get(url("follow-ups"), {"show": "all", "professional": "x", "page": "y"})

        assert "Due later" in said(page)

    def test_a_professional_sees_their_own(self, desk: Client) -> None:
        left("Mine", date(2026, 12, 2), 9)
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert "Mine" in said(desk.get(url("follow-ups")))
        words = said(colleague.get(url("follow-ups")))
        assert "Mine" not in words
        assert "Nothing is left to do" in words

    def test_a_team_lead_sees_everybodys_or_one_persons(
        self, lead: Client, professional: Professional
    ) -> None:
        left("Casey’s", date(2026, 12, 2), 9)
        colleague = ProfessionalFactory.create()

        assert "Casey’s" in said(lead.get(url("follow-ups")))
        assert "Casey’s" in said(lead.get(url("follow-ups"), {"professional": professional.pk}))
        other = lead.get(url("follow-ups"), {"professional": colleague.pk})
        assert "Casey’s" not in said(other)

    def test_the_list_is_paged_and_its_queries_do_not_grow(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        first = left("The first", DAY, 9)
        appointment = first.case_line.appointment
        for number in range(30):
            case_line = CaseLine.objects.create(
                appointment=appointment,
                position=number + 2,
                line_of_business="other",
                question="?",
                legal_basis="member",
                outcome=Outcome.REFERRED,
                recorded_by=appointment.booked_by,
                recorded_at=NOW,
            )
            FollowUp.objects.create(
                case_line=case_line,
                professional=appointment.professional,
                task=f"Task {number}",
                due_on=DAY,
                created_at=NOW,
            )

        desk.get(url("follow-ups"))

        # Session, person, grants; count, rows, the numbers of the three lists; SAW.
        with django_assert_num_queries(7):
            page = desk.get(url("follow-ups"))
        assert len(page.context["rows"]) == 25
        assert len(desk.get(url("follow-ups"), {"page": "2"}).context["rows"]) == 6

    def test_looking_at_the_list_is_on_record(self, desk: Client) -> None:
        follow_up = left("Mine", date(2026, 12, 2), 9)

        desk.get(url("follow-ups"))

        event = Event.objects.get(verb=Verb.SAW)
        assert event.detail["cases"] == [follow_up.case_line_id]

    def test_one_is_closed_with_its_result(self, desk: Client, professional: Professional) -> None:
        follow_up = left("Mine", date(2026, 12, 2), 9)

        page = desk.get(url("follow-up", follow_up.pk))
        answer = desk.post(url("follow-up", follow_up.pk), {"result": "They will reissue it."})

        assert "When will a decision be made?" in said(page)
        assert answer.status_code == 302
        follow_up.refresh_from_db()
        assert follow_up.result == "They will reissue it."
        assert follow_up.done_by == professional.person

    def test_one_cannot_be_closed_without_a_result(self, desk: Client) -> None:
        follow_up = left("Mine", date(2026, 12, 2), 9)

        answer = desk.post(url("follow-up", follow_up.pk), {"result": "  "})

        assert answer.status_code == 422
        assert "Write what came of it." in said(answer)

    def test_one_that_is_done_already_keeps_its_result(self, desk: Client) -> None:
        follow_up = left("Mine", date(2026, 12, 2), 9)
        complete(follow_up, "The first result.")

        answer = desk.post(url("follow-up", follow_up.pk), {"result": "A second one."})

        assert answer.status_code == 422
        follow_up.refresh_from_db()
        assert follow_up.result == "The first result."

    def test_a_colleagues_does_not_exist(self, client: Client) -> None:
        follow_up = left("Mine", date(2026, 12, 2), 9)
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert colleague.get(url("follow-up", follow_up.pk)).status_code == 404

    def test_one_of_an_appointment_that_goes_on_waits(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, Outcome.REFERRED)

        page = desk.get(url("follow-up", FollowUp.objects.get().pk))

        assert "Its appointment still goes on" in markup(page)
        assert "Record the result" not in said(page)
