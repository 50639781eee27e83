"""An answer that is being written: there again after a reload, and gone once it is sent or nobody's any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from comptoir.enquiries.models import Agent, Direction, Enquiry, State, Tier
from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand
from tests.liaison.factories import NOW
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWER = "It is in progress."
KEPT = "() => Object.keys(sessionStorage).filter((name) => name.startsWith('comptoir.answer.'))"


@pytest.fixture
def by(language: str, transactional_db: None) -> Agent:
    return agent(person=person_with(Role.AGENT, language=language))


@pytest.fixture
def held(by: Agent, language: str) -> Enquiry:
    return in_hand(by, enquiry(now=NOW, language=language), now=NOW)


@pytest.fixture
def visitor(new_visitor: NewVisitor, language: str, by: Agent, held: Enquiry) -> Iterator[Visitor]:
    """The agent, who has begun to write and says that it is about the case."""
    visitor = new_visitor(language)
    visitor.comes_signed_in(by.person)
    visitor.go("enquiries:enquiry", held.reference)
    visitor.type("Your answer", ANSWER)
    visitor.tick("It says something about the case")
    visitor.page.wait_for_function(
        """() => Object.entries(sessionStorage).some(
          ([name, kept]) => name.startsWith('comptoir.answer.') && kept.includes('is_case_specific'))"""
    )
    yield visitor
    # The page says that it is left: heard of before the database is emptied.
    visitor.go("enquiries:ask")


def kept(visitor: Visitor) -> Any:
    return visitor.page.evaluate(KEPT)


def test_is_there_again_with_all_that_was_chosen(visitor: Visitor, held: Enquiry) -> None:
    visitor.page.reload()

    visitor.sees("What you had typed and not sent is back.")
    visitor.ready()
    expect(visitor.field("Your answer")).to_have_value(ANSWER)
    expect(visitor.field("It says something about the case")).to_be_checked()
    held.refresh_from_db()
    assert (held.state, held.messages.count()) == (State.IN_HAND, 1)


def test_is_no_longer_kept_once_it_was_sent(visitor: Visitor, held: Enquiry) -> None:
    visitor.page.reload()
    visitor.sees("What you had typed and not sent is back.")
    visitor.ready()
    visitor.page.locator("gcds-checkboxes[name=is_case_specific] input").uncheck(force=True)
    visitor.page.locator("gcds-radios[name=tier] input").first.check(force=True)
    visitor.press("Send the answer")
    visitor.sees("Enquiry %(reference)s was answered.", reference=held.reference)

    assert kept(visitor) == []
    assert held.messages.get(direction=Direction.OUT).body == ANSWER


def test_is_kept_when_the_server_refuses_it_and_shows_it_again(visitor: Visitor) -> None:
    visitor.page.locator("gcds-radios[name=tier] input").first.check(force=True)
    visitor.watch.expect(422)
    visitor.press("Send the answer")  # about a case whose gates are closed
    visitor.page.locator("[data-error-summary]").first.wait_for()

    assert kept(visitor) != []


def test_goes_when_the_enquiry_is_closed(visitor: Visitor, held: Enquiry) -> None:
    Enquiry.objects.filter(pk=held.pk).update(
        state=State.ANSWERED, answered_at=NOW, tier=Tier.GENERAL
    )
    visitor.page.reload()
    visitor.sees("It is answered. If the client writes again, it waits again here.")

    assert kept(visitor) == []


def test_goes_at_sign_out_in_every_tab(visitor: Visitor, held: Enquiry) -> None:
    other = visitor.context.new_page()
    other.goto(visitor.address("enquiries:work"))
    other.locator(".account summary").click()
    other.locator("form[action$='/sign-out/'] button").first.click()

    visitor.page.wait_for_function(f"() => !({KEPT})().length")


def test_is_never_shown_to_somebody_else_in_the_same_browser(
    visitor: Visitor, held: Enquiry, by: Agent
) -> None:
    colleague = agent(person=person_with(Role.AGENT, language=visitor.language))
    Enquiry.objects.filter(pk=held.pk).update(assignee=colleague.person)
    visitor.go("enquiries:work")
    visitor.context.clear_cookies()  # no sign-out: the session ended
    visitor.comes_signed_in(colleague.person)

    visitor.go("enquiries:enquiry", held.reference)

    expect(visitor.field("Your answer")).to_have_value("")
    assert kept(visitor) == []
