"""One outcome for each case: what it needs, what it cannot hold, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.models import (
    BASELESS_OUTCOMES,
    Appointment,
    FollowUp,
    FollowUpTarget,
    Outcome,
    Status,
)
from comptoir.liaison.queries import serving as queries
from comptoir.people import lock
from comptoir.roster.models import Professional
from comptoir.ui.clock import now
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    at,
    consent_case,
    member_case,
)
from tests.liaison.professional_pages.pages import (
    line,
    markup,
    said,
    sent,
    target,
    url,
)

pytestmark = pytest.mark.django_db


class TestOutcomes:
    @pytest.fixture
    def running(self, professional: Professional) -> Appointment:
        return AppointmentFactory.create(
            cases=[consent_case(), member_case(), consent_case()], status=Status.STARTED
        )

    def test_an_answer_is_saved(self, desk: Client, running: Appointment) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="answered", answer="Approved.\r\nLetter sent.")},
        )

        assert answer.status_code == 302
        assert answer["Location"].endswith("#case-1")
        assert line(running).answer == "Approved.\nLetter sent."

    @pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.MORE_NEEDED])
    def test_an_outcome_that_must_say_something_says_it(
        self, desk: Client, running: Appointment, outcome: Outcome
    ) -> None:
        answer = desk.post(
            url("served", running.reference), {"save": "1", **sent(outcome=outcome, answer=" ")}
        )

        assert answer.status_code == 422
        assert "Write what the office will read." in said(answer)
        assert line(running).outcome == ""

    @pytest.mark.parametrize("outcome", [Outcome.ACTION_REQUESTED, Outcome.REFERRED])
    def test_a_follow_up_needs_its_task(
        self, desk: Client, running: Appointment, outcome: Outcome
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome=outcome, task="", due="usual")},
        )

        assert answer.status_code == 422
        assert "Write what is to be done." in said(answer)

    @pytest.mark.parametrize(
        ("due", "due_on", "urgent"),
        [("usual", date(2026, 12, 2), False), ("urgent", date(2026, 11, 20), True)],
    )
    def test_the_due_date_is_proposed_by_the_target_in_force(
        self, desk: Client, running: Appointment, due: str, due_on: date, urgent: bool
    ) -> None:
        target()

        desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask Lagos", due=due)},
        )

        follow_up = FollowUp.objects.get()
        assert (follow_up.due_on, follow_up.urgent) == (due_on, urgent)

    def test_another_target_proposes_other_dates(self, desk: Client, running: Appointment) -> None:
        target(business_days=3, urgent_hours=24)

        page = desk.get(url("served", running.reference))

        assert "In 3 business days" in markup(page)
        assert "Monday, November 23, 2026" in markup(page)
        assert "Urgent: within 24 hours" in markup(page)

    def test_a_date_of_ones_own_is_typed(self, desk: Client, running: Appointment) -> None:
        desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(outcome="referred", task="Ask", due="other", due_on="2026-12-24"),
            },
        )

        assert FollowUp.objects.get().due_on == date(2026, 12, 24)

    @pytest.mark.parametrize(
        ("due_on", "sentence"),
        [
            ("", "Give the due date."),
            ("2026-11-17", "The due date cannot be in the past."),
            ("2026-02-30", "Enter a valid date."),
        ],
    )
    def test_a_date_of_ones_own_must_be_one_to_come(
        self, desk: Client, running: Appointment, due_on: str, sentence: str
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask", due="other", due_on=due_on)},
        )

        assert answer.status_code == 422
        assert sentence in said(answer)
        assert "Ask" in markup(answer)

    def test_before_any_target_was_set_no_date_is_proposed(self) -> None:
        assert queries.due_dates(datetime(2020, 1, 6, 15, tzinfo=UTC)) is None

    def test_the_working_target_is_a_row_that_says_whose_it_is(self) -> None:
        target = FollowUpTarget.objects.get()

        assert (target.business_days, target.urgent_hours) == (10, 48)
        assert "Working value" in target.source

    def test_what_does_not_fit_the_outcome_is_an_error_not_thrown_away(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="not_discussed", advice="Reapply in May.")},
        )

        assert answer.status_code == 422
        assert "“Not discussed” does not go with this" in said(answer)
        assert "Reapply in May." in markup(answer)

    def test_a_text_without_an_outcome_asks_for_one(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference), {"save": "1", **sent(answer="It is on its way.")}
        )

        assert answer.status_code == 422
        assert "Choose the outcome of this case." in said(answer)
        assert "It is on its way." in markup(answer)

    def test_saving_one_case_keeps_what_was_typed_in_another(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="answered", answer="Done."),
                **sent(2, answer="Half a sentence"),
            },
        )

        assert answer.status_code == 200
        assert line(running, 1).outcome == Outcome.ANSWERED
        assert line(running, 2).outcome == ""
        assert "Half a sentence" in markup(answer)
        assert "There is a problem" not in said(answer)

    def test_saving_one_case_saves_no_other_however_complete_it_looks(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="answered", answer="Done."),
                **sent(3, outcome="answered", answer="It was refu"),
            },
        )

        assert answer.status_code == 200
        assert "Case 1 is saved." in said(answer)
        assert line(running, 3).outcome == ""
        assert "It was refu" in markup(answer)

    def test_notes_typed_beside_it_come_back_as_well(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="not_discussed"),
                **sent(2, preparation="Call Lagos first"),
            },
        )

        assert answer.status_code == 200
        assert "Call Lagos first" in markup(answer)
        assert line(running, 2).preparation == ""

    def test_saving_again_without_a_change_writes_nothing(
        self, desk: Client, running: Appointment
    ) -> None:
        values = {"save": "1", **sent(outcome="answered", answer="Done.", advice="Wait.")}
        desk.post(url("served", running.reference), values)
        disclosed = Event.objects.filter(verb=Verb.DISCLOSED).count()

        answer = desk.post(url("served", running.reference), values, follow=True)

        assert "There was nothing new to save." in said(answer)
        assert Event.objects.filter(verb=Verb.DISCLOSED).count() == disclosed

    def test_a_correction_of_a_follow_up_keeps_its_date_and_its_urgency(
        self, desk: Client, running: Appointment
    ) -> None:
        target()
        desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask", due="urgent")},
        )

        desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(outcome="referred", task="Ask again", due="other", due_on="2026-11-20"),
                **sent(read=line(running).version),
            },
        )

        follow_up = FollowUp.objects.get()
        assert (follow_up.task, follow_up.due_on) == ("Ask again", date(2026, 11, 20))
        assert follow_up.urgent

    def test_an_older_window_overwrites_nothing_and_shows_both_texts(
        self, desk: Client, running: Appointment
    ) -> None:
        address = url("served", running.reference)
        older = {"save": "1", **sent(outcome="answered", answer="From the older window", read="")}
        desk.post(
            address,
            {
                "save": "1",
                **sent(outcome="referred", answer="From the newer one", read=""),
                **sent(task="Ask Lagos", due="usual"),
            },
        )

        answer = desk.post(address, older)

        assert answer.status_code == 422
        assert "Case 1 was saved by somebody else, or in another window" in said(answer)
        assert "From the newer one" in said(answer)
        assert "Ask Lagos" in said(answer)
        assert "From the older window" in markup(answer)
        assert (line(running).outcome, line(running).answer) == (
            Outcome.REFERRED,
            "From the newer one",
        )
        assert line(running).left_to_do is not None

    def test_who_has_seen_both_texts_can_save_theirs(
        self, desk: Client, running: Appointment
    ) -> None:
        address = url("served", running.reference)
        factories.record(running, Outcome.REFERRED)
        older = {"save": "1", **sent(outcome="answered", answer="From the older window", read="")}
        refused = desk.post(address, older)
        (shown,) = re.findall(r'name="case-1-read" value="(\w*)"', markup(refused))

        desk.post(address, older | sent(read=shown))

        assert shown == refused.context["cases"][0].sheet.line.version
        assert line(running).answer == "From the older window"

    @pytest.mark.parametrize("step", ["save", "finish"])
    def test_an_older_window_that_changed_nothing_stands_in_nobodys_way(
        self, desk: Client, running: Appointment, step: str
    ) -> None:
        for position in (1, 2, 3):
            factories.record(running, position=position)

        answer = desk.post(
            url("served", running.reference), {step: "1", **sent(1), **sent(2), **sent(3)}
        )

        assert answer.status_code == 302
        assert line(running).answer == "The file is with the visa office."

    def test_notes_typed_beside_an_outcome_are_saved_with_it(
        self, desk: Client, running: Appointment
    ) -> None:
        desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(outcome="answered", answer="Done.", preparation="Call Lagos", read=""),
            },
        )

        assert (line(running).answer, line(running).preparation) == ("Done.", "Call Lagos")

    def test_the_form_of_another_case_still_says_what_was_read_of_it(
        self, desk: Client, running: Appointment
    ) -> None:
        factories.record(running, position=2)

        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="not_discussed"),
                **sent(2, outcome="answered", answer="Half a sentence", read=""),
            },
        )

        assert 'name="case-2-read" value=""' in markup(answer)

    def test_without_a_legal_basis_only_silence_is_offered_and_taken(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 11), status=Status.STARTED)
        factories.end_consent(appointment, date(2026, 11, 17))

        page = desk.get(url("served", appointment.reference))
        offered = page.context["cases"][0].fields["outcome"].choices
        answer = desk.post(
            url("served", appointment.reference),
            {"save": "1", **sent(outcome="answered", answer="Approved.")},
        )

        assert {value for value, _ in offered} == {o.value for o in BASELESS_OUTCOMES}
        assert answer.status_code == 422
        assert "Approved." in markup(answer)
        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()

    def test_a_script_gets_the_case_alone_to_put_in_place_with_what_to_say_aloud(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "2", **sent(2, outcome="answered", answer="Done.")},
            headers={"HX-Request": "true"},
        )

        assert answer.status_code == 200
        assert 'id="case-2"' in markup(answer)
        assert 'data-announce="Case 2 is saved."' in markup(answer)
        assert 'id="finish"' in markup(answer)

    def test_a_script_gets_the_errors_of_the_case_where_it_stands(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "2", **sent(2, outcome="answered", answer="")},
            headers={"HX-Request": "true"},
        )

        case = markup(answer).split('id="case-2"')[1].split("</section>")[0]
        assert answer.status_code == 422
        assert "data-error-summary" in case
        assert "Write what the office will read." in case

    def test_what_was_typed_survives_somebody_elses_finish(
        self, desk: Client, running: Appointment
    ) -> None:
        factories.finish(running)

        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="answered", answer="A long and careful answer")},
        )

        assert answer.status_code == 422
        assert "What you typed, which was not saved" in markup(answer)
        assert "A long and careful answer" in said(answer)
        assert line(running).answer == "The file is with the visa office."

    def test_no_page_carries_a_case_in_its_address(
        self, desk: Client, running: Appointment
    ) -> None:
        assert re.fullmatch(
            r"/en/day/appointments/[A-Z0-9]{4}-[A-Z0-9]{4}/", url("served", running.reference)
        )

    def test_what_was_typed_comes_back_after_the_session_had_locked(
        self, desk: Client, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        address = url("served", running.reference)
        desk.get(address)
        clock.shift(timedelta(minutes=16))
        refused = desk.post(
            address, {"save": "1", **sent(1, outcome="answered"), **sent(2, answer="Half a sen")}
        )
        session = desk.session
        lock.unlock(session, now())
        session.save()

        page = desk.get(address)

        assert "unlock" in refused["Location"]
        assert "Half a sen" in markup(page)
        assert "There is a problem" not in said(page)
        assert line(running).outcome == ""
