"""Documents of an enquiry with a real scanner: added for a client, scanned, kept, filed, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import Locator, expect

from comptoir.enquiries.models import Agent, Document, DocumentContent, Enquiry, Identifier, Scan
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.conftest import NewVisitor
from tests.browser.post import text_of, work_through_the_queue
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand
from tests.enquiries.files import PDF, pdf
from tests.liaison.factories import NOW
from tests.people.factories import person_with
from tests.servers.scanner import INVENTED, Scanner

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "certificat.pdf"
SCOPE = "To give her marriage certificate"


@pytest.fixture(autouse=True)
def _scans(scanner: Scanner) -> Iterator[None]:
    """The house asks the real scanner."""
    with override_settings(CLAMD=(scanner.host, scanner.port)):
        yield


@pytest.fixture
def by(language: str, transactional_db: None) -> Agent:
    """An agent."""
    return agent(person=person_with(Role.AGENT, language=language))


@pytest.fixture
def held(by: Agent) -> Enquiry:
    """What the agent has in hand."""
    return in_hand(by, enquiry(now=NOW, language=by.person.language), now=NOW)


@pytest.fixture
def visitor(new_visitor: NewVisitor, by: Agent, held: Enquiry) -> Visitor:
    """The agent, where the documents of the enquiry are."""
    visitor = new_visitor(by.person.language)
    visitor.comes_signed_in(by.person)
    visitor.go("enquiries:enquiry", held.reference)
    visitor.follow("Documents of this enquiry")
    visitor.is_at("enquiries:documents", held.reference)
    return visitor


def adds(visitor: Visitor, content: bytes = PDF, *, name: str = NAME) -> None:
    """Fill in the form, but for what makes sure that it is theirs, which is ticked."""
    visitor.field("File").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    visitor.choose("What it is", "proof")
    visitor.tick("Full name")
    visitor.tick("Date of birth")
    visitor.type("Who agreed", "Applicant One")
    visitor.choose("How they agreed", "signed")
    visitor.date("When they agreed", clock.service_date(clock.now()))
    visitor.type("To what", SCOPE)
    visitor.press("Add the document")


def is_scanned(visitor: Visitor, name: str = NAME) -> Locator:
    """Let the job run, and look again: the row of the document."""
    row = visitor.page.locator("tbody tr").filter(has_text=name)
    expect(row).to_contain_text(visitor.says("Being scanned"))
    expect(row.get_by_role("link", name=name, exact=True)).to_have_count(0)
    work_through_the_queue()
    visitor.open(visitor.page.url)
    return row


def test_a_document_is_added_scanned_kept_and_filed(
    visitor: Visitor, held: Enquiry, tmp_path: Path
) -> None:
    adds(visitor)
    visitor.sees("The document was received. It is to be filed by the day shown below.")
    kept = Document.objects.get(enquiry=held)
    assert kept.identifiers == [Identifier.BORN_ON, Identifier.NAME]
    assert (kept.consent_by, kept.consent_scope) == ("Applicant One", SCOPE)
    assert PDF not in bytes(DocumentContent.objects.get(document=kept).sealed)

    row = is_scanned(visitor)
    expect(row).to_contain_text(visitor.says("Scanned, nothing found"))
    with visitor.page.expect_download() as saved:
        row.get_by_role("link", name=NAME, exact=True).click()
    assert saved.value.suggested_filename == NAME
    saved.value.save_as(tmp_path / NAME)
    assert (tmp_path / NAME).read_bytes() == PDF
    receipt = text_of(visitor.post.last(held.asker_email))
    assert held.reference in receipt
    assert NAME not in receipt

    row.get_by_role("button", name=visitor.says("It is in the case’s file")).click()
    visitor.sees("The document is in the case’s file.")
    expect(row.get_by_role("button")).to_have_count(0)
    kept.refresh_from_db()
    assert kept.filed_at is not None


def test_without_two_identifiers_or_a_scope_nothing_is_taken_in(
    visitor: Visitor, held: Enquiry
) -> None:
    visitor.watch.expect(422)
    visitor.field("File").set_input_files(
        {"name": NAME, "mimeType": "application/pdf", "buffer": PDF}
    )
    visitor.tick("Full name")
    visitor.press("Add the document")

    visitor.sees("Check at least two.")
    expect(visitor.page.locator("[data-error-summary]")).to_be_focused()
    assert not Document.objects.exists()


def test_one_of_somebody_else_is_taken_back_and_leads_to_the_breach(
    visitor: Visitor, held: Enquiry
) -> None:
    adds(visitor, pdf(1))
    row = is_scanned(visitor)
    row.get_by_role("link", name=visitor.says("Take the document back")).click()
    visitor.heading("Take this document back?")
    visitor.tick("It belongs to somebody else")
    visitor.type("In a few words", "The name on it is another.")
    visitor.press("Take the document back")

    visitor.heading("Report a privacy breach")
    visitor.sees("The document was taken back. Nobody can open it any more.")
    expect(visitor.field("What happened")).to_have_value("The name on it is another.")
    expect(visitor.field("How many people are affected")).to_have_value("1")
    gone = Document.objects.get()
    assert gone.was_undone
    assert not DocumentContent.objects.exists()
    visitor.go("enquiries:documents", held.reference)
    expect(row).to_contain_text(visitor.says("Taken back"))
    expect(row.get_by_role("link")).to_have_count(0)


def test_an_infected_one_is_kept_apart_nobody_gets_it_and_who_has_the_enquiry_is_told(
    visitor: Visitor, held: Enquiry, by: Agent
) -> None:
    adds(visitor, PDF + INVENTED)
    row = is_scanned(visitor)

    expect(row).to_contain_text(visitor.says("Infected, kept apart"))
    expect(row.get_by_role("link", name=NAME, exact=True)).to_have_count(0)
    expect(row.get_by_role("button")).to_have_count(0)
    letter = visitor.post.last(by.person.email)
    assert visitor.address("enquiries:documents", held.reference) in text_of(letter)
    assert NAME not in text_of(letter)
    infected = Document.objects.get(scan=Scan.INFECTED)
    visitor.go("enquiries:document-file", infected.pk)
    visitor.is_at("enquiries:documents", held.reference)
    visitor.sees(
        "Nobody can open this document: it is being scanned, it is infected, or it was taken back."
    )


def test_without_a_scanner_it_says_so_and_an_agent_cannot_open_it(
    visitor: Visitor, scanner: Scanner
) -> None:
    with override_settings(CLAMD=None):
        adds(visitor)
        row = is_scanned(visitor)

    expect(row).to_contain_text(visitor.says("Not scanned"))
    expect(row.get_by_role("link", name=NAME, exact=True)).to_have_count(0)
    expect(row.get_by_role("link", name=visitor.says("Open it without a scan"))).to_have_count(0)
