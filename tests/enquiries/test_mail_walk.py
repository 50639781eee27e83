"""A question comes by IMAP and is answered by SMTP, over real servers: the whole way, twice round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.enquiries import jobs
from comptoir.enquiries.actions import answering
from comptoir.enquiries.models import (
    Decision,
    Direction,
    Enquiry,
    InboundMail,
    OutboundMail,
    SendingStatus,
    State,
    Tier,
)
from comptoir.notices.models import Notice
from comptoir.ui import clock
from tests.enquiries.factories import agent, in_hand, opened
from tests.enquiries.mail_writing import ASKER, QUESTIONS, collect, decisions, line, mail
from tests.notices.mail_server import MailServer
from tests.servers.post_office import PostOffice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def answer(found: Enquiry, body: str, *, is_case_specific: bool = False) -> None:
    by = agent(lines=[found.line])
    held = in_hand(by, found)
    if is_case_specific:
        opened(held, by, clock.now())
    answering.answer(
        enquiry=held,
        version=held.version,
        body=body,
        language=held.language,
        tier=Tier.GENERAL,
        line_of_business=held.line_of_business,
        is_case_specific=is_case_specific,
        by=by.person,
        now=clock.now(),
    )


def test_from_imap_to_an_enquiry_to_an_answer_by_smtp_and_back(
    post_office: PostOffice, smtp: MailServer
) -> None:
    line()
    question = "Bonjour, où en est ma demande? Merci de votre réponse."
    post_office.deliver(mail(question), to=QUESTIONS, sender=ASKER)

    assert collect(post_office, clock.now()) == 1

    enquiry = Enquiry.objects.get()
    assert (enquiry.asker_email, enquiry.language, enquiry.channel) == (ASKER, "fr", "email")
    assert enquiry.messages.get().body == question
    assert decisions() == [(Decision.NEW, "acknowledged")]
    assert Notice.objects.get().kind == "enquiries.received"
    assert post_office.mailbox(QUESTIONS) == []
    assert len(post_office.mailbox(QUESTIONS, "Processed")) == 1

    answer(enquiry, "Le délai est de six mois.")
    jobs.send_due()

    assert smtp.readers == [ASKER]
    reply = smtp.accepted[0]
    assert "Le délai est de six mois." in reply.get_content()
    assert OutboundMail.objects.get().status == SendingStatus.SENT
    assert not Notice.objects.filter(kind="enquiries.answered").exists()

    again = mail(
        "Merci!",
        to=str(reply["Reply-To"]),
        In_Reply_To=str(reply["Message-ID"]),
        References=f"{reply['References']} {reply['Message-ID']}",
    )
    post_office.deliver(again, to=str(reply["Reply-To"]), sender=ASKER)
    collect(post_office, clock.now() + timedelta(seconds=1))

    enquiry.refresh_from_db()
    assert enquiry.state == State.WAITING
    assert [text.direction for text in enquiry.messages.order_by("pk")] == [
        Direction.IN,
        Direction.OUT,
        Direction.IN,
    ]
    last = InboundMail.objects.latest("pk")
    assert (last.decision, last.reason) == (Decision.JOINED, "by_token")


def test_what_is_about_a_case_leaves_as_a_link_and_never_as_a_mail(
    post_office: PostOffice, smtp: MailServer
) -> None:
    line()
    post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)
    collect(post_office, clock.now())

    answer(Enquiry.objects.get(), "Your medical is due.", is_case_specific=True)
    jobs.send_due()

    assert smtp.accepted == []
    assert not OutboundMail.objects.exists()
    assert Notice.objects.filter(kind="enquiries.answered", address=ASKER).exists()
