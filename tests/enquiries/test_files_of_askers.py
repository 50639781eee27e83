"""Files that an asker sends, by the form, on the follow page or by mail: taken in with their text, or said why not."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.models import (
    Document,
    Enquiry,
    InboundMail,
    LeftOut,
    Message,
    Scan,
)
from comptoir.notices.models import Notice
from comptoir.people.models import Role
from tests.enquiries import mail_writing
from tests.enquiries.factories import NOW, enquiry, received
from tests.enquiries.files import DOCX, PDF, PNG, archive, pdf
from tests.enquiries.mail_writing import came, line, mail
from tests.enquiries.test_following import read, reply
from tests.enquiries.typing import ASK, send, typed
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

GIF = b"GIF89a" + bytes(20)
EXE = b"MZ" + bytes(60)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def upload(content: bytes = PDF, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def said(response: Any) -> str:
    return str(response.content.decode())


def with_files(raw: bytes, *files: tuple[str, bytes]) -> bytes:
    """The mail with these files."""
    made = message_from_bytes(raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def page_of(found: Enquiry) -> str:
    """What a team lead reads on its page."""
    lead = sign_in(Client(), person_with(Role.TEAM_LEAD))
    return said(lead.get(reverse("enquiries:enquiry", args=[found.reference])))


def left_out(found: InboundMail) -> list[str]:
    return [file["left_out"] for file in found.attachments]


class TestOnTheForm:
    def test_are_taken_in_with_their_question_and_scanned(self, client: Client) -> None:
        send(client, attached=[upload(), upload(PNG, "passport.png")])

        found = Message.objects.get()
        kept = found.documents.order_by("pk")
        assert [document.name for document in kept] == ["letter.pdf", "passport.png"]
        assert {document.enquiry for document in kept} == {found.enquiry}
        assert documents.unsealed(kept[0]) == PDF
        jobs = ProcrastinateJob.objects.filter(task_name=documents.SCAN)
        assert {job.args["key"] for job in jobs} == {document.pk for document in kept}

    def test_are_asked_for_on_the_page_that_sends(self, client: Client) -> None:
        response = client.post(ASK, typed())

        assert 'name="attached"' in said(response)
        assert "multiple" in said(response)

    def test_are_receipted_once_with_the_question(self, client: Client) -> None:
        send(client, attached=[upload(pdf(1)), upload(pdf(2))])

        assert [notice.kind for notice in Notice.objects.all()] == ["enquiries.received"]

    def test_are_ten_at_most(self, client: Client) -> None:
        ten = [upload(pdf(number)) for number in range(10)]

        refused = send(client, attached=[*ten, upload(pdf(10))])

        assert refused.status_code == 422
        assert "Choose 10 files at most." in said(refused)
        assert not Enquiry.objects.exists()

    def test_are_ten_of_five_megabytes_if_need_be(self, client: Client) -> None:
        large = PDF[:-6] + bytes(rule.MOST_BYTES - len(PDF)) + PDF[-6:]
        ten = [upload(large[:9] + bytes([48 + number]) + large[10:]) for number in range(10)]

        sent = send(client, attached=ten)

        assert sent.status_code == 302
        assert sum(document.size for document in Document.objects.all()) == 10 * rule.MOST_BYTES

    def test_that_are_not_taken_are_each_named_and_nothing_is_sent(self, client: Client) -> None:
        refused = send(
            client, attached=[upload(GIF, "photo.gif"), upload(), upload(b"", "nothing.pdf")]
        )

        assert refused.status_code == 422
        assert "photo.gif: This is no PDF" in said(refused)
        assert "nothing.pdf: There is nothing in this file" in said(refused)
        assert "letter.pdf" not in said(refused)
        assert "Then choose all files again" in said(refused)
        assert not Enquiry.objects.exists()
        assert not Document.objects.exists()

    def test_larger_together_than_a_request_may_be_are_not_missing_without_a_word(
        self, client: Client, settings: Any
    ) -> None:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000

        refused = send(client, attached=[upload(PDF + bytes(20_000) + PDF)])

        assert refused.status_code == 422
        assert "Together these files are larger" in said(refused)
        assert not Enquiry.objects.exists()

    def test_of_a_question_asked_again_go_to_the_first_each_once(self, client: Client) -> None:
        first = received(uci="12345678", application_number="C000111222")
        documents.keep_of_asker(
            message=first.message, files=[documents.Given("a.pdf", PDF)], now=NOW
        )

        send(client, attached=[upload(), upload(PNG, "new.png")])

        assert [document.name for document in first.enquiry.documents.order_by("pk")] == [
            "a.pdf",
            "new.png",
        ]

    def test_beyond_what_an_enquiry_takes_are_refused_with_their_text(self, client: Client) -> None:
        first = received(uci="12345678", application_number="C000111222")
        files = [documents.Given("a.pdf", pdf(number)) for number in range(documents.MOST)]
        documents.keep_of_asker(message=first.message, files=files, now=NOW)

        refused = send(client, attached=[upload(PNG)])

        assert refused.status_code == 422
        assert "as many files as it can have" in said(refused)
        assert Message.objects.count() == 1

    def test_lead_nowhere_by_their_names(self, client: Client) -> None:
        send(client, attached=[upload(name="..\\..\\etc\\pass\u202ewd.exe")])

        assert Document.objects.get().name == "passwd.pdf"

    def test_are_not_asked_of_a_robot(self, client: Client) -> None:
        refused = send(client, website="x", attached=[upload()])

        assert refused.status_code == 422
        assert not Document.objects.exists()


class TestOnTheFollowPage:
    def test_are_added_with_a_text_and_shown_with_it(self, client: Client) -> None:
        found = enquiry()
        read(client, found)

        response = reply(client, attached=[upload()])

        assert response.status_code == 302
        message = found.messages.order_by("pk").last()
        assert message is not None
        assert [document.name for document in message.documents.all()] == ["letter.pdf"]
        assert "letter.pdf, received" in " ".join(said(client.get(response["Location"])).split())

    def test_that_are_infected_are_asked_for_again(self, client: Client) -> None:
        found = enquiry()
        read(client, found)
        response = reply(client, attached=[upload()])
        Document.objects.update(scan=Scan.INFECTED, scanned_at=NOW)

        assert "Make it anew on another device" in said(client.get(response["Location"]))

    def test_that_are_not_taken_keep_the_text_that_was_typed(self, client: Client) -> None:
        found = enquiry()
        read(client, found)

        refused = reply(client, body="Typed with care.", attached=[upload(GIF, "photo.gif")])

        assert refused.status_code == 422
        assert "photo.gif: This is no PDF" in said(refused)
        assert "Typed with care." in said(refused)
        assert found.messages.count() == 1

    def test_cost_the_page_no_more_for_many_than_for_one(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        found = enquiry()
        read(client, found)
        address = reply(client, attached=[upload()])["Location"]
        with django_assert_num_queries(6):
            client.get(address)
        reply(client, attached=[upload(pdf(number)) for number in range(1, 10)])

        with django_assert_num_queries(6):
            client.get(address)


class TestInAMail:
    def test_become_documents_of_its_enquiry(self) -> None:
        line()

        found = came(with_files(mail(), ("letter.pdf", PDF), ("form.docx", DOCX)))

        assert found.enquiry is not None
        kept = found.enquiry.documents.order_by("pk")
        assert [document.name for document in kept] == ["letter.pdf", "form.docx"]
        assert {document.message for document in kept} == set(found.messages.all())
        assert left_out(found) == ["", ""]

    def test_that_are_not_welcome_hold_up_nothing_and_the_agent_reads_why(self) -> None:
        line()
        macros = archive({"word/vbaProject.bin": b"x", "[Content_Types].xml": b"", "a": b""})

        found = came(with_files(mail(), ("virus.exe", EXE), ("ok.pdf", PDF), ("m.docm", macros)))

        assert found.enquiry is not None
        assert left_out(found) == [LeftOut.UNKNOWN_TYPE, "", LeftOut.PROGRAM]
        page = page_of(found.enquiry)
        assert "virus.exe" in page
        assert "Holds a program. If it is needed, ask for it as a PDF." in page
        assert "ok.pdf" in page

    def test_beyond_ten_are_named(self) -> None:
        line()
        files = [(f"{number}.pdf", pdf(number)) for number in range(12)]

        found = came(with_files(mail(), *files))

        assert left_out(found) == [""] * 10 + [LeftOut.TOO_MANY] * 2
        assert Document.objects.count() == 10

    def test_of_an_answer_go_to_the_enquiry_that_it_answers(self) -> None:
        line()
        first = came(mail(message_id="<first@mail.client.example>"))

        again = came(with_files(mail(In_Reply_To="<first@mail.client.example>"), ("a.pdf", PDF)))

        assert again.enquiry == first.enquiry
        assert again.enquiry is not None
        assert [document.name for document in again.enquiry.documents.all()] == ["a.pdf"]

    def test_about_several_cases_stay_together_and_the_others_say_where(self) -> None:
        mail_writing.line_of_offices()
        office = OfficeFactory.create()
        somebody = person_with(Role.DELEGATE, office=office)
        raw = mail("About E123456789 and E987654321.", sender=somebody.email)

        found = came(with_files(raw, ("a.pdf", PDF)), mailbox=mail_writing.OFFICES_MAILBOX)

        first, second = (message.enquiry for message in found.messages.order_by("pk"))
        assert Document.objects.get().enquiry == first
        assert f"The files of this mail are with enquiry {first.reference}." in page_of(second)

    def test_about_what_is_restricted_are_not_mentioned_elsewhere(self) -> None:
        mail_writing.line_of_offices()
        somebody = person_with(Role.DELEGATE, office=OfficeFactory.create())
        raw = mail("About E123456789 and E987654321.", sender=somebody.email)
        found = came(with_files(raw, ("a.pdf", PDF)), mailbox=mail_writing.OFFICES_MAILBOX)
        first, second = (message.enquiry for message in found.messages.order_by("pk"))

        Enquiry.objects.filter(pk=first.pk).update(is_restricted=True)

        assert first.reference not in page_of(second)

    def test_of_one_that_is_answered_by_nobody_are_taken_in_nowhere(self) -> None:
        line()

        found = came(with_files(mail(Auto_Submitted="auto-replied"), ("a.pdf", PDF)))

        assert not Document.objects.exists()
        assert [file["name"] for file in found.attachments] == ["a.pdf"]
