"""Lines and their mailboxes: given by the operator, never the same to two, and mail then comes in."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from comptoir.audit.models import Event
from comptoir.enquiries.actions import mailboxes
from comptoir.enquiries.models import Decision, Line, LineKind
from tests.enquiries import mail_writing
from tests.enquiries.factories import NOW, line_of

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("give_mailbox", *words, stdout=out)
    return out.getvalue()


def test_a_line_that_is_given_its_mailbox_takes_its_mail_in() -> None:
    line = line_of()
    lost = mail_writing.came(mail_writing.mail())

    assert run(line.code, mail_writing.QUESTIONS.upper()) == f"public: {mail_writing.QUESTIONS}\n"

    found = mail_writing.came(mail_writing.mail())
    assert (lost.decision, found.decision) == (Decision.QUARANTINED, Decision.NEW)
    assert found.enquiry is not None
    assert found.enquiry.line == line
    assert Event.objects.filter(action="line.mailbox_given").count() == 1


def test_without_an_address_the_open_lines_are_listed() -> None:
    line_of()
    mail_writing.line_of_offices()

    assert run() == f"offices: {mail_writing.OFFICES_MAILBOX}\npublic: no mailbox\n"


def test_an_empty_address_takes_it_away() -> None:
    line = mail_writing.line()

    run(line.code, "")

    line.refresh_from_db()
    assert line.mailbox == ""


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere", "a@centre.example"), "No line has the code"),
        (("offices", "no address"), "is no e-mail address"),
        (("offices", mail_writing.QUESTIONS), "Another open line has this mailbox"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(words: tuple[str, str], why: str) -> None:
    mail_writing.line()
    line_of("offices", LineKind.LEGISLATORS)

    with pytest.raises(CommandError, match=why):
        run(*words)

    assert Line.objects.get(code="offices").mailbox == ""


def test_a_closed_line_gets_none() -> None:
    line = line_of()
    Line.objects.filter(pk=line.pk).update(closed_at=NOW)

    with pytest.raises(mailboxes.Closed):
        mailboxes.give(line=line, mailbox="a@centre.example", by=None, now=NOW)


def test_a_mailbox_that_is_refused_takes_the_number_with_it() -> None:
    mail_writing.line()
    line = line_of("offices", LineKind.LEGISLATORS)

    with pytest.raises(mailboxes.Taken):
        mailboxes.reach(
            line=line, mailbox=mail_writing.QUESTIONS, telephone="613-555-0100", by=None, now=NOW
        )

    line.refresh_from_db()
    assert line.telephone == ""
    assert not Event.objects.exists()
