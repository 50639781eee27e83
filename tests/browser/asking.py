"""What browser tests do with the public's pages: type a question, send it, ask for a code."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from comptoir.enquiries import guarding
from comptoir.enquiries.actions import answering
from comptoir.enquiries.models import Enquiry, Tier
from comptoir.ui import clock
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand

EMAIL = "asker@clients.example"
QUESTION = "Where does it stand?\nIt has been a year."
ANSWER = "It is in progress. The medical examination is next."


def types(visitor: Visitor, *, email: str = EMAIL) -> None:
    """A client's question, typed into the form."""
    visitor.go("enquiries:ask")
    visitor.tick("The client")
    visitor.type("Your e-mail address", email)
    visitor.type("Full name of the applicant", "Applicant One")
    visitor.date("Date of birth of the applicant", date(1990, 2, 3))
    visitor.type("UCI", "1234-5678")
    visitor.type("Application number", "c000111222")
    visitor.choose("What is the application for?", "family")
    visitor.choose("Why do you write?", "status")
    visitor.type("Your question", QUESTION)


def page_fields(visitor: Visitor) -> dict[str, str]:
    """The page's token and the sum that its script did, once it is done."""
    expect(visitor.page.locator("input[name=work]")).not_to_have_value("")
    names = ("token", "work")
    return {name: visitor.page.locator(f"input[name={name}]").input_value() for name in names}


def sends(visitor: Visitor) -> None:
    """Send what is shown once more, as late after the form was opened as a person would."""
    visitor.page.wait_for_timeout(guarding.AT_LEAST.total_seconds() * 1_000)
    visitor.press("Send the question")
    visitor.heading("We have received your question")


def asks_for_a_code(visitor: Visitor, found: Enquiry) -> None:
    """Give reference and address."""
    visitor.go("enquiries:follow")
    visitor.type("Reference", found.reference)
    visitor.type("E-mail address", found.asker_email)
    visitor.press("Send me a code")
    visitor.heading("Enter the code")


def answer(found: Enquiry) -> None:
    """An agent answers."""
    now, by = clock.now(), agent()
    held = in_hand(by, found, now)
    answering.answer(
        enquiry=held,
        version=held.version,
        body=ANSWER,
        language=held.language,
        tier=Tier.CASE,
        line_of_business=held.line_of_business,
        is_case_specific=True,
        by=by.person,
        now=now,
    )


def an_answered_one() -> Enquiry:
    """An enquiry that was answered just now."""
    found = enquiry(now=clock.now())
    answer(found)
    found.refresh_from_db()
    return found
