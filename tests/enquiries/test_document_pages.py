"""Documents on screen: added with consent, saved as files that nothing runs, filed, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.audit.models import Event, Verb
from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.forms.documents import REFUSALS as FILE_REFUSALS
from comptoir.enquiries.models import Document, Scan
from comptoir.enquiries.views.documents import REFUSALS
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, enquiry, kept, kept_and, person
from tests.enquiries.files import PARTS, PDF, archive, pdf
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TYPED: dict[str, Any] = {
    "kind": "identity",
    "identifiers": ["name", "born_on"],
    "consent_by": "A client",
    "consent_how": "signed",
    "consent_on": "2026-11-10",
    "consent_scope": "To give this document",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def as_(who: Person) -> Client:
    return sign_in(Client(), who)


def add(client: Client, reference: str, content: bytes = PDF, **typed: Any) -> HttpResponse:
    file = SimpleUploadedFile(typed.pop("name", "passport.pdf"), content, "text/html")
    return client.post(  # type: ignore[return-value]  # the test client's own
        reverse("enquiries:documents", args=[reference]), {**TYPED, "file": file, **typed}
    )


def told(client: Client, name: str, key: object, **data: Any) -> str:
    """What the next page says after a post."""
    address = reverse(f"enquiries:{name}", args=[key])
    return client.post(address, data, follow=True).content.decode()


class TestAdding:
    def test_shows_the_receipt_with_the_day_by_which_it_is_filed(self) -> None:
        client, found = as_(person()), enquiry()

        response = add(client, found.reference)

        assert response.status_code == 302
        said = client.get(response["Location"]).content.decode()
        assert "The document was received" in said
        assert "passport.pdf" in said
        assert "23 November" in said or "November 23" in said

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"identifiers": ["name"]}, "Check at least two."),
            ({"identifiers": []}, "What is the same"),
            ({"consent_by": ""}, "Who agreed"),
            ({"consent_on": "2026-11-17"}, "This day lies ahead."),
            ({"kind": "x"}, "What it is"),
            ({"content": b""}, "File"),
            ({"content": b"<svg onload=alert(1)>", "name": "photo.png"}, "no PDF, JPEG, PNG"),
            ({"content": PDF + archive({"a": b"b"})}, "second file inside"),
            ({"content": archive({**PARTS, "word/vbaProject.bin": b"x"})}, "macros"),
            ({"content": archive({**PARTS, "b": bytes(9_000_000)})}, "much too large"),
            ({"content": PDF + bytes(rule.MOST_BYTES)}, "larger than 5 MB"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, wrong: dict[str, Any], says: str
    ) -> None:
        response = add(as_(person()), enquiry().reference, **wrong)

        said = response.content.decode()
        assert response.status_code == 422
        assert says in said
        assert "To give this document" in said
        assert not Document.objects.exists()

    def test_of_the_same_file_twice_says_so(self) -> None:
        found = kept(PDF).enquiry

        said = add(as_(person()), found.reference, PDF).content.decode()

        assert "was added to this enquiry before" in said

    def test_is_for_who_answers_enquiries(self) -> None:
        for role in (Role.PRIVACY_OFFICER, Role.AUDITOR, Role.DELEGATE):
            assert add(as_(person(role)), enquiry().reference).status_code == 403

    def test_leaves_no_file_on_a_disk(self, settings: Any) -> None:
        """A request of ten files passes through memory, and what is larger is no file at all."""
        handlers = settings.FILE_UPLOAD_HANDLERS
        assert handlers == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100

        response = add(as_(person()), enquiry().reference)

        assert response.status_code == 422
        assert not Document.objects.exists()


class TestTheFile:
    def test_is_saved_and_never_shown(self) -> None:
        document = kept_and(Scan.CLEAN, PDF, name="été\r\nX-Evil: 1.html")
        by = person()

        response = as_(by).get(reverse("enquiries:document-file", args=[document.pk]))

        assert response.content == PDF
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment;")
        assert "X-Evil" not in response.headers
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in response["Cache-Control"]
        event = Event.objects.get(action="document.downloaded")
        assert (event.verb, event.actor_id) == (Verb.SAW, by.pk)

    @pytest.mark.parametrize("state", [Scan.WAITING, Scan.INFECTED, Scan.NOT_SCANNED])
    def test_of_one_that_is_not_clean_is_refused_with_a_next_step(self, state: Scan) -> None:
        document = kept_and(state)

        response = as_(person(Role.TEAM_LEAD)).get(
            reverse("enquiries:document-file", args=[document.pk]), follow=True
        )

        assert response["Content-Type"].startswith("text/html")
        assert not Event.objects.filter(verb=Verb.SAW).exists()

    def test_that_was_not_scanned_is_opened_by_a_team_lead_who_says_why(self) -> None:
        document = kept_and(Scan.NOT_SCANNED)
        address = reverse("enquiries:document-unscanned", args=[document.pk])
        lead = as_(person(Role.TEAM_LEAD))

        assert as_(person()).get(address).status_code == 403
        assert lead.get(address).status_code == 200
        assert lead.post(address, {"reason": ""}).status_code == 422
        given = lead.post(address, {"reason": "The hearing is today"})

        assert given.content == PDF
        assert Event.objects.filter(action="document.opened_unscanned").count() == 1

    def test_that_is_infected_is_opened_by_nobody(self) -> None:
        document = kept_and(Scan.INFECTED)
        address = reverse("enquiries:document-unscanned", args=[document.pk])
        lead = as_(person(Role.TEAM_LEAD))

        for response in (
            lead.get(address, follow=True),
            lead.post(address, {"reason": "I insist on it"}, follow=True),
        ):
            assert "Nobody can open this document" in response.content.decode()


class TestTheList:
    def test_says_where_each_stands(self) -> None:
        found, by = enquiry(), person()
        for number, state in enumerate(Scan):
            kept_and(state, pdf(number), of=found, by=by)

        said = as_(by).get(reverse("enquiries:documents", args=[found.reference])).content.decode()

        for state in Scan:
            assert str(state.label) in said
        assert "There is no scanner" in said
        assert "Open it without a scan" not in said

    def test_costs_the_same_whatever_its_length(self) -> None:
        found, by = enquiry(), person()
        client, address = as_(by), reverse("enquiries:documents", args=[found.reference])
        kept(pdf(0), of=found, by=by)
        client.get(address)  # the first page of a session writes it down
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(1, 6):
            kept(pdf(number), of=found)

        with CaptureQueriesContext(connection) as more:
            client.get(address)

        assert len(more) == len(few) <= 8

    def test_when_it_is_empty_says_what_comes_here(self) -> None:
        address = reverse("enquiries:documents", args=[enquiry().reference])

        assert "There are no documents" in as_(person()).get(address).content.decode()


class TestFilingAndTakingBack:
    def test_files_it(self) -> None:
        document = kept_and(Scan.CLEAN)

        said = told(as_(person()), "document-filed", document.pk)

        assert "In the file since" in said
        document.refresh_from_db()
        assert document.filed_at == NOW

    def test_takes_it_back(self) -> None:
        by = person()
        document = kept(by=by)

        said = told(
            as_(by), "document-undo", document.pk, why="wrong_file", reason="Another letter"
        )

        assert "The document was taken back" in said
        assert "Another letter" in said

    def test_of_somebody_else_leads_to_the_report_of_a_breach(self) -> None:
        by = person()
        document = kept(by=by)

        said = told(
            as_(by), "document-undo", document.pk, why="wrong_person", reason="Of a namesake"
        )

        assert "Report a privacy breach" in said
        assert "Of a namesake" in said

    def test_without_a_reason_is_asked_again(self) -> None:
        by = person()
        document = kept(by=by)
        address = reverse("enquiries:document-undo", args=[document.pk])

        assert as_(by).post(address, {"why": "other", "reason": ""}).status_code == 422
        document.refresh_from_db()
        assert document.undone_at is None

    def test_by_somebody_else_is_refused_with_a_next_step(self) -> None:
        document = kept()

        said = told(as_(person()), "document-undo", document.pk, why="other", reason="Not mine")

        assert "report a privacy breach" in said


def test_every_refusal_has_a_sentence() -> None:
    of_files = {documents.TooMany, documents.KeptAlready}

    # Consent and identifiers are asked by the form.
    assert set(REFUSALS) == set(documents.CannotKeep.__subclasses__()) - of_files - {
        documents.NotChecked
    }
    assert set(FILE_REFUSALS) == set(rule.Unwelcome.__subclasses__()) | of_files
