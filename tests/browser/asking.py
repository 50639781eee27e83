"""What browser tests do with the public's pages: type a question, send it, ask for a code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import time_machine
from playwright.sync_api import expect

from comptoir.enquiries import guarding
from comptoir.enquiries.actions import answering, joining
from comptoir.enquiries.models import Enquiry, Tier
from comptoir.ui import clock
from tests.browser.visit import Visit
from tests.browser.visiting import Visitor
from tests.browser.world import STRANGER, World
from tests.enquiries.factories import agent, enquiry, in_hand, opened, received

EMAIL = "asker@clients.example"
QUESTION = "Where does it stand?\nIt has been a year."
ANSWER = "It is in progress. The medical examination is next."


def types(visitor: Visitor, *, email: str = EMAIL) -> None:
    """A client's question, typed into the form."""
    with a_moment_ago():
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
    """Send what is shown once more."""
    visitor.press("Send the question")
    visitor.heading("We have received your question")


@contextmanager
def a_moment_ago() -> Iterator[None]:
    """So early that who sends now, what was opened then, is not taken for a robot."""
    with time_machine.travel(clock.now() - guarding.AT_LEAST, tick=True):
        yield


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
    held = opened(in_hand(by, found, now), by, now)
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


def to_the_review(visitor: Visitor, world: World) -> None:
    """A question, typed and shown once more."""
    types(visitor)
    visitor.press("Go on: check what you typed")
    visitor.heading("Check your question, then send it")
    visitor.ready()


def to_the_receipt(visitor: Visitor, world: World) -> None:
    """A question, sent."""
    to_the_review(visitor, world)
    sends(visitor)
    visitor.ready()


def to_the_follow_code(visitor: Visitor, world: World) -> None:
    """Ask for the code of an enquiry."""
    asks_for_a_code(visitor, an_answered_one())
    visitor.ready()


def to_the_enquiry(visitor: Visitor, world: World) -> None:
    """Read an enquiry that was answered."""
    found = an_answered_one()
    asks_for_a_code(visitor, found)
    visitor.type("Code", visitor.post.code(found.asker_email))
    visitor.press("Read my enquiry")
    visitor.heading("Your enquiry %(reference)s", reference=found.reference)
    visitor.ready()


def to_the_enquiry_with_a_part(visitor: Visitor, world: World) -> None:
    """Read an enquiry that another of the same asker is part of."""
    now, by = clock.now(), agent()
    # An address of its own: what was sent before, and is delivered late, goes to another.
    email = "twice@clients.example"
    main, second = (received(email=email, body=f"{n} {QUESTION}", now=now).enquiry for n in (1, 2))
    held = in_hand(by, second, now)
    joining.join(enquiry=held, version=held.version, into=main, by=by.person, now=now)
    main.refresh_from_db()
    answer(main)
    asks_for_a_code(visitor, second)
    visitor.type("Code", visitor.post.code(email))
    visitor.press("Read my enquiry")
    visitor.heading("Your enquiry %(reference)s", reference=main.reference)
    visitor.ready()


PAGES = [
    Visit("enquiries:ask", STRANGER),
    # The review lies at the form's own address: in the other language it is the form, typed in again.
    Visit("enquiries:ask", STRANGER, state="checked", arrive=to_the_review),
    Visit("enquiries:asked", STRANGER, arrive=to_the_receipt),
    Visit("enquiries:follow", STRANGER),
    Visit("enquiries:follow-code", STRANGER, arrive=to_the_follow_code),
    Visit("enquiries:follow-lost", STRANGER),
    Visit("enquiries:followed", STRANGER, arrive=to_the_enquiry),
    Visit("enquiries:followed", STRANGER, state="parts", arrive=to_the_enquiry_with_a_part),
]
