"""What leaves the centre: an answer closes, a question pauses, a note stays inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comptoir.audit.models import Event
from comptoir.enquiries.actions import answering, changing, reopening
from comptoir.enquiries.models import (
    Agent,
    ClockHappening,
    Direction,
    Enquiry,
    Promise,
    State,
    Tier,
)
from comptoir.notices.models import Notice
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Agent:
    return agent()


def answer(held: Enquiry, by: Agent, **changes: Any) -> None:
    values: dict[str, Any] = {
        "version": held.version,
        "body": "It is in progress.",
        "language": "en",
        "tier": Tier.GENERAL,
        "line_of_business": LineOfBusiness.PR_CARD,
        "is_case_specific": False,
        "now": NOW,
        **changes,
    }
    answering.answer(enquiry=held, by=by.person, **values)


class TestAnAnswer:
    @pytest.mark.parametrize("tier", [Tier.CASE, Tier.ACTION])
    def test_about_a_case_by_its_code_passes_the_gates_whatever_was_ticked(
        self, by: Agent, tier: Tier
    ) -> None:
        held = in_hand(by, enquiry())

        with pytest.raises(answering.GatesClosed):
            answer(held, by, tier=tier)

        assert not held.messages.filter(direction=Direction.OUT).exists()

    def test_closes_the_enquiry_under_its_wrap_up_code(self, by: Agent) -> None:
        held = in_hand(by, enquiry())

        answer(held, by)

        held.refresh_from_db()
        assert held.state == State.ANSWERED
        assert held.wrap_up_code == "061"
        assert not held.clocks.running().exists()

    def test_is_told_by_a_notice_without_its_words(self, by: Agent) -> None:
        held = in_hand(by, enquiry())

        answer(held, by)

        notice = Notice.objects.get(kind="enquiries.answered")
        assert notice.address == held.asker_email

    def test_is_on_the_trail_without_its_words(self, by: Agent) -> None:
        answer(in_hand(by, enquiry()), by)

        event = Event.objects.get(action="enquiry.answered")
        assert event.detail == {"wrap_up_code": "061"}

    def test_twice_is_refused(self, by: Agent) -> None:
        held = in_hand(by, enquiry())
        answer(held, by)

        with pytest.raises(changing.ChangedMeanwhile):
            answer(held, by)
        assert held.messages.filter(direction=Direction.OUT).count() == 1

    def test_of_what_a_colleague_has_is_refused(self, by: Agent) -> None:
        held = in_hand(agent(), enquiry())

        with pytest.raises(changing.NotInHand):
            answer(held, by)
        assert not held.messages.filter(direction=Direction.OUT).exists()


class TestAQuestionToTheClient:
    def test_gives_the_first_answer_and_pauses_the_final_one(self, by: Agent) -> None:
        held = in_hand(by, enquiry())

        ask_back(held, by)

        running = held.clocks.running().get()
        assert running.promise == Promise.FINAL
        assert running.pauses.get().ends_at is None

    def test_ends_with_the_client_s_text_and_its_working_time_is_credited(self, by: Agent) -> None:
        held = in_hand(by, enquiry())
        before = held.clocks.get(promise=Promise.FINAL).due_at
        ask_back(held, by)
        held.refresh_from_db()

        reopening.go_on(enquiry=held, at=NOW, now=NOW + timedelta(days=2))

        running = held.clocks.running().get()
        assert held.state == State.WAITING
        assert running.due_at >= before + timedelta(days=1)
        assert [event.kind for event in running.events.order_by("pk")] == [
            ClockHappening.STARTED,
            ClockHappening.PAUSED,
            ClockHappening.RESUMED,
        ]


def test_a_note_is_for_colleagues_and_is_told_nobody(by: Agent) -> None:
    held = enquiry()
    Notice.objects.all().delete()

    answering.note(enquiry=held, body="Called twice.", by=by.person, now=NOW)

    assert held.messages.get(direction=Direction.NOTE).body == "Called twice."
    assert not Notice.objects.exists()


def test_no_text_is_ever_changed_or_deleted() -> None:
    message = enquiry(body="As it was asked").messages.get()

    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        message.delete()
    message.body = "As it was not"
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        message.save()

    message.refresh_from_db()
    assert message.body == "As it was asked"


def test_an_answer_without_a_code_cannot_be_written() -> None:
    found = enquiry()
    found.state = State.ANSWERED

    with pytest.raises(IntegrityError), transaction.atomic():
        found.save()
