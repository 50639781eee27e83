"""A text of ours that did not arrive: nobody is left without an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from comptoir.audit.models import Event
from comptoir.enquiries.actions import answering, changing, resending, sending
from comptoir.enquiries.models import (
    Agent,
    Bounce,
    Decision,
    Direction,
    Enquiry,
    Joining,
    OutboundMail,
    Promise,
    Remedy,
    SendingStatus,
    State,
    Tier,
    Undelivered,
)
from comptoir.enquiries.queries import undelivered
from comptoir.notices import gateway
from comptoir.roster.models import LineOfBusiness
from tests.enquiries import bounces
from tests.enquiries.factories import NOW, agent, ask_back, in_hand
from tests.enquiries.mail_writing import ASKER, asked, came, line, mail
from tests.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
CORRECT = "asker@home.example"
ANSWER = "It takes six months."


@pytest.fixture
def by() -> Agent:
    line()
    return agent()


def answer(by: Agent, found: Enquiry, *, now: datetime = NOW) -> OutboundMail:
    """The enquiry, answered by mail."""
    held = in_hand(by, found)
    message = answering.answer(
        enquiry=held,
        version=held.version,
        body=ANSWER,
        language="en",
        tier=Tier.GENERAL,
        line_of_business=LineOfBusiness.STUDY,
        is_case_specific=False,
        by=by.person,
        now=now,
    )
    return message.outbound


def lost(by: Agent, *, text: str = "Where is it?", number: int = 1) -> Undelivered:
    """An answer of which the client's server says that it does not arrive."""
    sent = answer(by, asked(mail(text)))
    came(bounces.report(sent.sent_as, number=number), now=LATER)
    return sent.undelivered


def lost_with_its_question(by: Agent) -> tuple[OutboundMail, OutboundMail]:
    """A question and the answer after it, neither of which arrived; that of the answer is known first."""
    question = ask_back(in_hand(by, asked()), by).outbound
    came(mail("Here it is.", In_Reply_To=question.sent_as))
    sent = answer(by, Enquiry.objects.get())
    for number, one in enumerate((sent, question), start=1):
        came(bounces.report(one.sent_as, number=number), now=LATER)
    return question, sent


def lost_of(main: Enquiry) -> list[OutboundMail]:
    """What the page of an enquiry shows, its parts' mail with it."""
    return undelivered.of_enquiries([main, *main.joined.all()])


def enquiry_of(row: Undelivered) -> Enquiry:
    return Enquiry.objects.get(pk=row.outbound.message.enquiry_id)


def taken(by: Agent, row: Undelivered) -> Enquiry:
    return in_hand(by, enquiry_of(row))


def told(by: Agent, row: Undelivered, how: Remedy = Remedy.TELEPHONE) -> Enquiry:
    held = taken(by, row)
    return resending.handle(
        undelivered=row, enquiry=held, version=held.version, how=how, by=by.person, now=LATER
    )


def again(by: Agent, row: Undelivered, to: str = CORRECT) -> OutboundMail:
    held = taken(by, row)
    resending.send_again(
        undelivered=row, enquiry=held, version=held.version, to=to, by=by.person, now=LATER
    )
    row.refresh_from_db()
    assert row.again is not None
    return row.again


class TestWhatWasAnsweredIsOwedAgain:
    def test_a_report_of_failure_lets_the_enquiry_wait_with_a_new_promise(self, by: Agent) -> None:
        row = lost(by)

        found = enquiry_of(row)
        assert (found.state, found.assignee, found.tier) == (State.WAITING, None, None)
        [clock] = found.clocks.running()
        assert (clock.promise, clock.started_at) == (Promise.FINAL, LATER)
        assert (row.code, row.tier, row.handled_at) == ("5.1.1", Tier.GENERAL, None)

    def test_at_the_place_it_had(self, by: Agent) -> None:
        sent = answer(by, asked())
        before = sent.message.enquiry.ranked_at
        came(bounces.report(sent.sent_as), now=LATER)

        assert enquiry_of(sent.undelivered).ranked_at == before

    def test_it_is_on_the_trail(self, by: Agent) -> None:
        row = lost(by)

        actions = Event.objects.filter(object_id=str(row.outbound.message.enquiry_id))
        assert {"enquiry.mail_undelivered", "enquiry.reopened"} <= set(
            actions.values_list("action", flat=True)
        )

    def test_a_second_report_about_the_same_mail_changes_nothing(self, by: Agent) -> None:
        row = lost(by)
        told(by, row)

        came(bounces.report(row.outbound.sent_as, number=2), now=LATER)

        assert Bounce.objects.count() == 2
        assert Undelivered.objects.get().how == Remedy.TELEPHONE
        assert enquiry_of(row).state == State.ANSWERED

    @pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
    def test_a_mail_that_is_late_or_arrived_changes_nothing(self, by: Agent, action: str) -> None:
        sent = answer(by, asked())

        came(bounces.report(sent.sent_as, action=action, code="4.4.1"), now=LATER)

        assert Bounce.objects.get().action == action
        assert not Undelivered.objects.exists()
        assert Enquiry.objects.get().state == State.ANSWERED

    def test_what_waited_for_the_client_waits_no_more(self, by: Agent) -> None:
        held = in_hand(by, asked())
        question = ask_back(held, by)

        came(bounces.report(question.outbound.sent_as), now=LATER)

        held.refresh_from_db()
        assert held.state == State.WAITING
        assert not held.clocks.running().filter(pauses__ends_at=None, pauses__isnull=False).exists()

    def test_what_an_agent_has_in_hand_stays_and_they_see_that_it_changed(self, by: Agent) -> None:
        sent = answer(by, asked(mail(message_id="<1@client.example>")))
        came(mail("More.", References="<1@client.example>"))
        held = in_hand(by, Enquiry.objects.get())

        came(bounces.report(sent.sent_as), now=LATER)

        found = Enquiry.objects.get()
        assert (found.state, found.assignee) == (State.IN_HAND, by.person)
        assert found.version > held.version

    def test_a_report_that_comes_late_does_not_reopen_what_a_later_answer_closed(
        self, by: Agent
    ) -> None:
        first = answer(by, asked(mail(message_id="<1@client.example>")))
        came(mail("And now?", References="<1@client.example>"))
        answer(by, Enquiry.objects.get())

        came(bounces.report(first.sent_as), now=LATER)

        found = Enquiry.objects.get()
        assert (found.state, found.tier) == (State.ANSWERED, Tier.GENERAL)
        assert not found.clocks.running().exists()
        row = first.undelivered
        assert (row.code, row.how, row.handled_by) == ("5.1.1", Remedy.ANEW, by.person)
        assert Event.objects.filter(action="enquiry.mail_undelivered").exists()

    def test_nor_lets_it_go_on_if_a_later_question_waits_for_the_client(self, by: Agent) -> None:
        first = answer(by, asked(mail(message_id="<1@client.example>")))
        came(mail("And now?", References="<1@client.example>"))
        ask_back(in_hand(by, Enquiry.objects.get()), by)

        came(bounces.report(first.sent_as), now=LATER)

        assert Enquiry.objects.get().state == State.ON_HOLD
        assert first.undelivered.handled_at is None

    def test_it_goes_on_if_the_later_answer_does_not_arrive_either(self, by: Agent) -> None:
        first = answer(by, asked(mail(message_id="<1@client.example>")))
        came(mail("And now?", References="<1@client.example>"))
        second = answer(by, Enquiry.objects.get())
        came(bounces.report(second.sent_as, number=2), now=LATER)

        came(bounces.report(first.sent_as), now=LATER)

        assert Enquiry.objects.get().state == State.WAITING
        assert Undelivered.objects.unhandled().count() == 2

    @pytest.mark.parametrize(
        ("joined", "state"), [(timedelta(0), State.ANSWERED), (LATER - NOW, State.WAITING)]
    )
    def test_of_a_part_what_the_main_enquiry_was_told_since_they_were_joined_stands_for_it(
        self, by: Agent, joined: timedelta, state: State
    ) -> None:
        first = answer(by, asked())
        main = asked(mail("Where is mine?"))
        part = first.message.enquiry
        Enquiry.objects.filter(pk=part.pk).update(
            state=State.JOINED, joined_to=main, answered_at=None
        )
        Joining.objects.create(
            part=part, main=main, joined_at=NOW + joined, joined_by=by.person, state=State.WAITING
        )
        answer(by, main)

        came(bounces.report(first.sent_as), now=LATER)

        main.refresh_from_db()
        assert main.state == state

    def test_of_a_part_the_main_enquiry_goes_on_and_shows_it(self, by: Agent) -> None:
        sent = answer(by, asked())
        main = answer(by, asked()).message.enquiry
        Enquiry.objects.filter(pk=sent.message.enquiry_id).update(
            state=State.JOINED, joined_to=main, answered_at=None
        )

        came(bounces.report(sent.sent_as), now=LATER)

        main.refresh_from_db()
        assert main.state == State.WAITING
        assert [mail.undelivered for mail in lost_of(main)] == [sent.undelivered]
        held = in_hand(by, main)
        found = resending.handle(
            undelivered=sent.undelivered,
            enquiry=held,
            version=held.version,
            how=Remedy.LETTER,
            by=by.person,
            now=LATER,
        )
        assert found.state == State.ANSWERED

    def test_what_was_disposed_of_is_left_alone(self, by: Agent) -> None:
        sent = answer(by, asked())
        Enquiry.objects.update(disposed_at=NOW)

        came(bounces.report(sent.sent_as), now=LATER)

        assert Enquiry.objects.get().state == State.ANSWERED
        assert not Undelivered.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestWhatOurServerRefuses:
    def test_is_owed_again_at_once(self, by: Agent, smtp: MailServer) -> None:
        sent = answer(by, asked())
        smtp.recipient_answers[ASKER] = "552 5.2.2 Mailbox full"

        with gateway.mailbox() as mailbox:
            status = sending.send(mail_id=sent.pk, mailbox=mailbox, now=LATER)

        assert status == SendingStatus.FAILED
        assert Undelivered.objects.get().code == "5.2.2"
        assert Enquiry.objects.get().state == State.WAITING

    def test_a_code_about_us_says_nothing_of_the_address(self, by: Agent, smtp: MailServer) -> None:
        sent = answer(by, asked())
        OutboundMail.objects.update(attempts=sending.MOST_ATTEMPTS - 1)
        smtp.sender_answer = "550 5.7.1 Sender rejected"

        with gateway.mailbox() as mailbox, pytest.raises(gateway.Unreachable):
            sending.send(mail_id=sent.pk, mailbox=mailbox, now=LATER)

        sent.refresh_from_db()
        assert (sent.status, "5.7.1" in sent.problem) == (SendingStatus.FAILED, True)
        assert sent.undelivered.code == ""

    def test_the_code_of_the_last_try_is_kept_when_an_address_was_busy_to_the_end(
        self, by: Agent, smtp: MailServer
    ) -> None:
        sent = answer(by, asked())
        OutboundMail.objects.update(attempts=sending.MOST_ATTEMPTS - 1)
        smtp.recipient_answers[ASKER] = "450 4.2.1 Mailbox busy"

        with gateway.mailbox() as mailbox:
            sending.send(mail_id=sent.pk, mailbox=mailbox, now=LATER)

        assert sent.undelivered.code == "4.2.1"

    def test_what_was_restricted_since_it_was_queued_does_not_leave_and_is_owed_again(
        self, by: Agent, smtp: MailServer
    ) -> None:
        sent = answer(by, asked())
        Enquiry.objects.update(is_restricted=True)

        with gateway.mailbox() as mailbox:
            status = sending.send(mail_id=sent.pk, mailbox=mailbox, now=LATER)

        assert (status, smtp.accepted) == (SendingStatus.FAILED, [])
        assert Undelivered.objects.unhandled().get().outbound == sent
        assert Enquiry.objects.get().state == State.WAITING

    def test_a_text_sent_again_leaves_for_the_other_address(
        self, by: Agent, smtp: MailServer
    ) -> None:
        queued = again(by, lost(by))

        with gateway.mailbox() as mailbox:
            sending.send(mail_id=queued.pk, mailbox=mailbox, now=LATER)

        [letter] = smtp.accepted
        assert letter["To"] == CORRECT
        assert ANSWER in letter.get_content()


class TestSayingWhatWasDone:
    def test_closes_the_enquiry_as_it_was_closed(self, by: Agent) -> None:
        row = lost(by)

        found = told(by, row, Remedy.LETTER)

        assert (found.state, found.tier, found.answered_at) == (
            State.ANSWERED,
            Tier.GENERAL,
            LATER,
        )
        assert not found.clocks.running().exists()
        row.refresh_from_db()
        assert (row.how, row.handled_by, row.handled_at) == (Remedy.LETTER, by.person, LATER)
        event = Event.objects.get(action="enquiry.undelivered_handled")
        assert event.detail == {"how": "letter", "wrap_up_code": found.wrap_up_code}

    def test_leaves_it_open_if_the_client_wrote_since(self, by: Agent) -> None:
        sent = answer(by, asked(mail(message_id="<1@client.example>")))
        came(bounces.report(sent.sent_as), now=LATER)
        came(mail("Hello?", References="<1@client.example>"), now=LATER)

        assert told(by, sent.undelivered).state == State.IN_HAND

    def test_so_does_sending_again(self, by: Agent) -> None:
        sent = answer(by, asked(mail(message_id="<1@client.example>")))
        came(bounces.report(sent.sent_as), now=LATER)
        came(mail("Hello?", References="<1@client.example>"), now=LATER)

        again(by, sent.undelivered)

        assert enquiry_of(sent.undelivered).state == State.IN_HAND

    def test_leaves_it_open_while_another_text_that_did_not_arrive_is_not_seen_to(
        self, by: Agent
    ) -> None:
        question, sent = lost_with_its_question(by)

        assert told(by, sent.undelivered).state == State.IN_HAND
        assert Undelivered.objects.unhandled().get() == question.undelivered

    def test_closes_it_once_every_other_is_seen_to(self, by: Agent) -> None:
        question, sent = lost_with_its_question(by)

        assert told(by, question.undelivered).state == State.IN_HAND
        assert told(by, sent.undelivered).state == State.ANSWERED

    def test_is_for_who_has_it_in_hand(self, by: Agent) -> None:
        row = lost(by)
        found = enquiry_of(row)

        with pytest.raises(changing.NotInHand):
            resending.handle(
                undelivered=row,
                enquiry=found,
                version=found.version,
                how=Remedy.TELEPHONE,
                by=by.person,
                now=LATER,
            )

        assert Undelivered.objects.unhandled().exists()

    def test_is_said_once(self, by: Agent) -> None:
        row = lost(by)
        came(mail("Again?", sender=ASKER), now=LATER)
        told(by, row)
        held = enquiry_of(row)
        Enquiry.objects.filter(pk=held.pk).update(
            state=State.IN_HAND, assignee=by.person, taken_at=NOW, answered_at=None
        )

        with pytest.raises(resending.HandledAlready):
            resending.handle(
                undelivered=row,
                enquiry=held,
                version=held.version,
                how=Remedy.LETTER,
                by=by.person,
                now=LATER,
            )

    def test_needs_somebody_and_a_way(self, by: Agent) -> None:
        row = lost(by)

        with pytest.raises(IntegrityError), transaction.atomic():
            Undelivered.objects.filter(pk=row.pk).update(handled_at=LATER)


class TestANewAnswer:
    def test_stands_for_what_did_not_arrive(self, by: Agent) -> None:
        row = lost(by)

        answer(by, enquiry_of(row), now=LATER)

        row.refresh_from_db()
        assert (row.how, row.handled_by, row.handled_at) == (Remedy.ANEW, by.person, LATER)
        event = Event.objects.get(action="enquiry.undelivered_handled")
        assert event.detail == {"how": "anew", "wrap_up_code": enquiry_of(row).wrap_up_code}

    def test_stands_for_that_of_a_part_too(self, by: Agent) -> None:
        row = lost(by)
        main = asked(mail("Where is mine?"))
        Enquiry.objects.filter(pk=row.outbound.message.enquiry_id).update(
            state=State.JOINED, joined_to=main
        )

        answer(by, main, now=LATER)

        assert not Undelivered.objects.unhandled().exists()

    def test_that_does_not_arrive_either_is_owed_itself(self, by: Agent) -> None:
        first = lost(by)
        second = answer(by, enquiry_of(first), now=LATER)

        came(bounces.report(second.sent_as, number=2), now=LATER)

        assert Undelivered.objects.unhandled().get().outbound == second
        assert told(by, second.undelivered).state == State.ANSWERED


class TestSendingAgain:
    def test_is_a_text_of_its_own_with_the_same_words_to_the_other_address(self, by: Agent) -> None:
        row = lost(by)

        queued = again(by, row, f" {CORRECT.upper()} ")

        assert queued.to == CORRECT
        assert queued.message.body == ANSWER
        assert queued.message != row.outbound.message
        assert queued.sent_as != row.outbound.sent_as
        assert (queued.status, row.how) == (SendingStatus.QUEUED, Remedy.AGAIN)
        assert enquiry_of(row).state == State.ANSWERED

    def test_does_not_change_who_asked(self, by: Agent) -> None:
        """The code for what is about a case goes there, and nowhere else."""
        row = lost(by)

        again(by, row)

        assert enquiry_of(row).asker_email == ASKER

    def test_a_reply_from_the_other_address_is_put_with_its_enquiry(self, by: Agent) -> None:
        queued = again(by, lost(by))

        reply = came(mail("Thanks.", sender=CORRECT, In_Reply_To=queued.sent_as), now=LATER)

        assert reply.decision == Decision.JOINED

    def test_from_a_third_address_it_is_set_aside(self, by: Agent) -> None:
        queued = again(by, lost(by))

        reply = came(mail(sender="third@x.example", In_Reply_To=queued.sent_as), now=LATER)

        assert reply.decision == Decision.QUARANTINED

    def test_later_answers_go_to_the_other_address_too(self, by: Agent) -> None:
        queued = again(by, lost(by))
        came(mail("And now?", sender=CORRECT, In_Reply_To=queued.sent_as), now=LATER)

        assert answer(by, Enquiry.objects.get(), now=LATER).to == CORRECT

    def test_what_does_not_arrive_there_either_is_owed_once_more(self, by: Agent) -> None:
        queued = again(by, lost(by))

        came(bounces.report(queued.sent_as, number=2), now=LATER)

        assert Enquiry.objects.get().state == State.WAITING
        assert Undelivered.objects.unhandled().get().outbound == queued

    def test_nothing_leaves_of_what_was_restricted_since(self, by: Agent) -> None:
        row = lost(by)
        held = taken(by, row)
        held.is_restricted = True
        held.save()

        with pytest.raises(resending.MayNotLeave):
            resending.send_again(
                undelivered=row,
                enquiry=held,
                version=held.version,
                to=CORRECT,
                by=by.person,
                now=LATER,
            )

        assert OutboundMail.objects.count() == 1
        assert enquiry_of(row).messages.filter(direction=Direction.OUT).count() == 1
