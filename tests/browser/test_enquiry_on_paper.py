"""An enquiry on paper: what was written, the gates and what was done; nothing to fill in or to press."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from comptoir.enquiries.actions import answering, gating
from comptoir.enquiries.models import Means, Piece
from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand
from tests.liaison.factories import NOW
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION, NOTE, SECRET = "Where does it stand?", "The office called.", "The file is with security."
CONTROLS = (
    "button, input:not([type=hidden]), textarea, select, summary, "
    "gcds-textarea, gcds-radios, gcds-select, gcds-checkboxes, gcds-button"
)


@pytest.fixture
def visitor(
    new_visitor: NewVisitor, language: str, transactional_db: None, clock: object
) -> Iterator[Visitor]:
    """An agent who prints what they have in hand: a text, two notes, and a piece on record."""
    by = agent(person=person_with(Role.AGENT, language=language))
    asked = enquiry(now=NOW, language=language, application_number="C000111222", body=QUESTION)
    found = in_hand(by, asked, now=NOW)
    answering.note(enquiry=found, body=NOTE, by=by.person, now=NOW)
    answering.note(enquiry=found, body=SECRET, by=by.person, now=NOW, is_case_specific=True)
    gating.confirm(enquiry=found, pieces=[Piece.FULL_NAME], means=Means.CALL, by=by.person, now=NOW)
    visitor = new_visitor(language)
    visitor.comes_signed_in(by.person)
    visitor.go("enquiries:enquiry", found.reference)
    yield visitor
    # The page says that it is left: heard of before the database is emptied.
    visitor.go("enquiries:ask")


def test_shows_what_was_written_the_gates_and_what_was_done(visitor: Visitor) -> None:
    visitor.page.emulate_media(media="print")
    page = visitor.page.locator("body")

    for text in (QUESTION, NOTE, visitor.says("May the case be spoken about?")):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_text(SECRET)).to_have_count(0)
    for said in (
        "This text is about the case. It is shown once both gates are open.",
        "Confirmed who asks",
    ):
        expect(page.get_by_text(visitor.says(said)).first).to_be_visible()
    folded_on_the_screen = page.get_by_role("listitem").filter(
        has_text=visitor.says("By telephone: they called us")
    )
    expect(folded_on_the_screen.first).to_be_visible()


def test_has_nothing_to_fill_in_or_to_press(visitor: Visitor) -> None:
    page = visitor.page.locator(".page")
    shown = page.locator(CONTROLS).filter(visible=True)
    assert shown.count() > 10

    visitor.page.emulate_media(media="print")

    # The titles of what is folded are titles on paper.
    assert set(shown.evaluate_all("(found) => found.map((e) => e.localName)")) <= {"summary"}
    assert shown.count() <= 1


def test_is_printed_by_a_button_where_scripts_run(visitor: Visitor) -> None:
    visitor.page.evaluate("window.print = () => { window.printed = true; }")

    visitor.press("Print this enquiry")

    assert visitor.page.evaluate("window.printed") is True
