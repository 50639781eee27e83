"""Mail that leaves: what may, what it says, and that it leaves once."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from comptoir.domain import mail_signs
from comptoir.enquiries import jobs, letters
from comptoir.enquiries.actions import sending
from comptoir.enquiries.models import (
    Bounce,
    Channel,
    Decision,
    Direction,
    Enquiry,
    Line,
    Message,
    OutboundMail,
    SendingStatus,
    State,
    Tier,
)
from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.notices.models import Notice
from tests.enquiries import bounces
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand, person
from tests.enquiries.mail_writing import (
    ASKER,
    CRISIS,
    QUESTIONS,
    asked,
    came,
    line,
    mail,
    outbound,
)
from tests.notices.mail_server import Gate, MailServer
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

OTHER = "other@elsewhere.example"


def text_of(found: Enquiry, body: str = "It takes six months.", **values: object) -> Message:
    return Message.objects.create(
        enquiry=found,
        direction=Direction.OUT,
        channel=found.channel,
        at=NOW,
        body=body,
        language=found.language,
        **values,
    )


def waiting() -> OutboundMail:
    line()
    return outbound(text_of(asked(mail(message_id="<first@client.example>"))))


def line_without_targets() -> Line:
    return Line.objects.create(
        code="bare", kind="general", name_en="x", name_fr="x", opened_at=NOW, mailbox=CRISIS
    )


class TestWhatMayLeave:
    def test_a_general_text_to_who_asked_by_mail(self) -> None:
        line()
        found = asked()

        assert sending.may_leave(found, text_of(found))

    def test_nothing_about_a_case(self) -> None:
        line()
        found = asked()

        assert not sending.may_leave(found, text_of(found, is_case_specific=True))

    @pytest.mark.parametrize(
        "change", [{"is_restricted": True}, {"asker_email": ""}, {"channel": Channel.TELEPHONE}]
    )
    def test_nothing_restricted_nothing_to_nobody_nothing_that_did_not_come_by_mail(
        self, change: dict[str, object]
    ) -> None:
        line()
        found = asked()
        for name, value in change.items():
            setattr(found, name, value)

        assert not sending.may_leave(found, text_of(found))

    def test_nothing_from_a_line_without_a_mailbox(self) -> None:
        found = enquiry(channel=Channel.EMAIL)

        assert not sending.may_leave(found, text_of(found))

    def test_a_question_to_the_client_leaves_by_mail_too(self) -> None:
        line()
        by = agent()
        held = in_hand(by, asked())

        ask_back(held, by)

        assert OutboundMail.objects.get().to == ASKER
        assert not Notice.objects.filter(kind="enquiries.more_needed").exists()

    def test_what_leaves_is_the_text_just_written_also_by_a_clock_that_is_behind(self) -> None:
        line()
        by = agent()
        first = ask_back(in_hand(by, asked()), by, now=NOW + timedelta(minutes=1))
        came(mail("Here.", In_Reply_To=first.outbound.sent_as), now=NOW + timedelta(minutes=2))

        second = ask_back(in_hand(by, Enquiry.objects.get()), by)

        assert OutboundMail.objects.latest("pk").message == second

    def test_what_was_asked_by_the_web_form_is_told_by_a_notice(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())

        ask_back(held, by)

        assert not OutboundMail.objects.exists()
        assert Notice.objects.filter(kind="enquiries.more_needed").exists()


class TestWhatItSays:
    def test_is_the_text_the_reference_and_how_to_go_on(self) -> None:
        queued = waiting()

        made = message_from_bytes(
            letters.letter(queued, now=NOW).message().as_bytes(), policy=policy.default
        )

        assert made["Subject"] == f"About your enquiry {queued.message.enquiry.reference}"
        assert made["From"] == f"Client support <{QUESTIONS}>"
        assert made["Reply-To"] == queued.reply_to
        assert made["In-Reply-To"] == made["References"] == "<first@client.example>"
        assert made["Message-ID"] == queued.sent_as
        assert made["Auto-Submitted"] == "no"
        assert made.get_content_type() == "text/plain"
        body = made.get_content()
        assert body.startswith("It takes six months.")
        assert "reply to this message" in body

    def test_nothing_of_the_client_s_own_words(self) -> None:
        line()
        found = asked(mail("My secret is 42.", subject="About C000111222"))

        raw = letters.letter(outbound(text_of(found)), now=NOW).message().as_string()

        assert "42" not in raw.partition("\n\n")[2]
        assert "C000111222" not in raw

    def test_is_in_the_client_s_language(self) -> None:
        line()
        found = asked(mail("Où en est ma demande? Merci pour votre aide."))

        made = letters.letter(outbound(text_of(found, "Six mois.")), now=NOW)

        assert made.extra_headers["Content-Language"] == "fr"
        assert made.from_email.endswith(f"<{QUESTIONS}>")

    def test_does_not_escape_what_was_written(self) -> None:
        line()
        made = letters.letter(outbound(text_of(asked(), "A < B & “C’s”")), now=NOW)

        assert made.body.startswith("A < B & “C’s”")

    def test_is_known_when_it_comes_back(self) -> None:
        raw = letters.letter(waiting(), now=NOW).message().as_bytes()

        assert came(raw).decision == Decision.LOOP

    def test_an_id_that_is_no_id_is_left_out_of_the_thread(self) -> None:
        line()
        found = asked(mail(message_id="<a\tb é@client.example>"))

        made = letters.letter(outbound(text_of(found)), now=NOW)

        assert "References" not in made.extra_headers

    def test_its_own_id_is_the_same_whenever_it_is_made(self) -> None:
        queued = waiting()
        first = letters.letter(queued, now=NOW).extra_headers["Message-ID"]

        again = letters.letter(queued, now=NOW + timedelta(days=1)).extra_headers["Message-ID"]

        assert first == again
        assert mail_signs.domain_of(first.strip("<>")) == "centre.example"


class TestABounce:
    def test_stands_with_the_mail_that_did_not_arrive(self) -> None:
        queued = waiting()

        found = came(bounces.report(queued.sent_as))

        told = Bounce.objects.get()
        assert (told.outbound, told.mail, told.action, told.code) == (
            queued,
            found,
            "failed",
            "5.1.1",
        )
        assert (found.decision, found.enquiry) == (Decision.BOUNCE, queued.message.enquiry)
        assert queued.message.enquiry.messages.filter(direction=Direction.IN).count() == 1

    def test_of_an_unknown_mail_is_a_row_that_says_so(self) -> None:
        line()

        found = came(bounces.report("<unknown@centre.example>"))

        assert found.reason == "report_delivery_status:unknown_mail"
        assert not Bounce.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_bounce_of_a_notice_is_a_row_that_says_so(smtp: MailServer) -> None:
    line()
    asked()
    with gateway.mailbox() as mailbox:
        notices.deliver(notice_id=Notice.objects.get().pk, mailbox=mailbox, now=NOW)
    [left] = smtp.accepted

    found = came(bounces.report(left["Message-ID"]))

    assert (found.decision, found.reason) == (
        Decision.BOUNCE,
        "report_delivery_status:notice",
    )
    assert (found.enquiry, found.answered_at) == (None, None)
    assert not Bounce.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestLeavingOnce:
    def send(self, queued: OutboundMail, after: timedelta = timedelta(0)) -> OutboundMail:
        with gateway.mailbox() as mailbox:
            sending.send(mail_id=queued.pk, mailbox=mailbox, now=NOW + after)
        queued.refresh_from_db()
        return queued

    def test_however_often_the_job_runs(self, smtp: MailServer) -> None:
        queued = waiting()
        for _ in range(3):
            jobs.send_due()

        queued.refresh_from_db()
        assert queued.status == SendingStatus.SENT
        assert smtp.readers == [ASKER]

    def test_of_two_workers_one_sends(self, smtp: MailServer) -> None:
        queued = waiting()
        gate = smtp.gate_before_data = Gate()
        first = Rival(lambda: self.send(queued))
        assert gate.reached.wait(30)

        self.send(OutboundMail.objects.get())
        gate.opened.set()
        first.result()

        assert smtp.readers == [ASKER]

    def test_an_address_that_is_refused_for_good_is_not_tried_again(self, smtp: MailServer) -> None:
        smtp.recipient_answers[ASKER] = "550 5.1.1 No such user"

        queued = self.send(waiting())

        assert queued.status == SendingStatus.FAILED
        assert "No such user" in queued.problem

    def test_an_address_that_is_busy_is_tried_again_later(self, smtp: MailServer) -> None:
        smtp.recipient_answers[ASKER] = "450 4.2.1 Mailbox busy"
        queued = self.send(waiting())
        assert (queued.status, queued.attempts) == (SendingStatus.QUEUED, 1)

        del smtp.recipient_answers[ASKER]
        self.send(queued)
        assert smtp.readers == []
        self.send(queued, after=timedelta(minutes=2))

        assert smtp.readers == [ASKER]

    def test_a_server_that_is_away_is_tried_again_later(self, smtp: MailServer) -> None:
        queued = waiting()
        smtp.stop()

        with pytest.raises(gateway.Unreachable):
            self.send(queued)

        queued.refresh_from_db()
        assert queued.status == SendingStatus.QUEUED

    def test_in_the_end_somebody_has_to_look(self, smtp: MailServer) -> None:
        smtp.recipient_answers[ASKER] = "450 4.2.1 Mailbox busy"
        queued = waiting()
        OutboundMail.objects.update(attempts=sending.MOST_ATTEMPTS - 1)

        assert self.send(queued).status == SendingStatus.FAILED

    def test_what_another_worker_has_just_begun_is_left_to_it(self, smtp: MailServer) -> None:
        queued = waiting()
        OutboundMail.objects.update(began_at=NOW - timedelta(seconds=1))

        assert self.send(queued).status == SendingStatus.QUEUED
        assert (queued.interruptions, smtp.readers) == (0, [])

    def test_a_worker_that_died_is_followed_by_another_a_few_times(self, smtp: MailServer) -> None:
        queued = waiting()
        OutboundMail.objects.update(began_at=NOW - timedelta(minutes=1))
        assert self.send(queued).status == SendingStatus.SENT
        assert queued.interruptions == 1

    def test_a_mail_that_kills_workers_is_given_up(self, smtp: MailServer) -> None:
        queued = waiting()
        OutboundMail.objects.update(began_at=NOW - timedelta(minutes=1), interruptions=2)

        assert self.send(queued).status == SendingStatus.FAILED
        assert smtp.readers == []

    def test_a_refusal_that_cannot_be_put_on_record_holds_up_no_other(
        self, smtp: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Its enquiry was answered, and can promise nothing anew: somebody has to set targets."""
        queued, bare = waiting(), line_without_targets()
        Enquiry.objects.update(line=bare, state=State.ANSWERED, answered_at=NOW, tier=Tier.GENERAL)
        other = outbound(text_of(asked(mail("Where is mine?", sender=OTHER))))
        smtp.recipient_answers[ASKER] = "550 5.1.1 No such user"

        jobs.send_due()

        assert smtp.readers == [OTHER]
        queued.refresh_from_db()
        other.refresh_from_db()
        assert (queued.status, other.status) == (SendingStatus.QUEUED, SendingStatus.SENT)
        assert f"Mail {queued.pk} failed: NothingPromised" in caplog.text

    def test_while_all_sending_is_stopped_it_waits(self, smtp: MailServer) -> None:
        queued = waiting()
        notices.stop(by=person(), reason="drill", now=NOW)

        jobs.send_due()
        self.send(queued)

        assert smtp.readers == []
        assert queued.status == SendingStatus.QUEUED
