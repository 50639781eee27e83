"""Mail that leaves by itself says so (RFC 3834), and is known when it comes back: over a real server."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.enquiries.models import Decision, Enquiry
from comptoir.notices import jobs as notices
from tests.enquiries.factories import received
from tests.enquiries.mail_writing import QUESTIONS, asked, came, line, mail
from tests.notices.mail_server import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ABOUT = "About C000111222."


def told(smtp: MailServer) -> EmailMessage:
    """The newest notice, as it arrived."""
    notices.deliver_due()
    return smtp.accepted[-1]


def test_the_acknowledgement_of_a_mail_is_a_reply(smtp: MailServer) -> None:
    line()
    asked()

    found = told(smtp)

    assert found["Auto-Submitted"] == "auto-replied"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert found[LOOP_HEADER] == "1"


def test_the_receipt_of_a_web_form_is_no_reply(smtp: MailServer) -> None:
    received()

    assert told(smtp)["Auto-Submitted"] == "auto-generated"


def test_asked_again_by_mail_it_is_a_reply_whatever_came_first(smtp: MailServer) -> None:
    line()
    asked(mail(ABOUT))
    told(smtp)
    asked(mail(ABOUT + " Please!"))

    assert Enquiry.objects.get().duplicates == 1
    assert told(smtp)["Auto-Submitted"] == "auto-replied"
    assert len(smtp.accepted) == 2


def test_a_notice_that_comes_back_is_ours_and_answered_by_nobody(smtp: MailServer) -> None:
    line()
    asked()
    sent = told(smtp)
    sent.replace_header("To", QUESTIONS)

    found = came(sent.as_bytes())

    assert (found.decision, found.reason) == (Decision.LOOP, "loop_header")
    assert Enquiry.objects.count() == 1
    notices.deliver_due()
    assert len(smtp.accepted) == 1
