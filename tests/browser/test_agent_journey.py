"""An agent's morning without a mouse: take, write, give the code, send, and be at the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from comptoir.enquiries.models import Agent, Direction, Enquiry, Message, State
from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand
from tests.liaison.factories import NOW
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWER = "It is in progress. There is nothing for you to do."


@pytest.fixture
def by(language: str, transactional_db: None) -> Agent:
    """An agent for whom two wait."""
    found = agent(person=person_with(Role.AGENT, language=language))
    for _ in range(2):
        enquiry(now=NOW, language=language)
    return found


@pytest.fixture
def visitor(new_visitor: NewVisitor, language: str, by: Agent) -> Visitor:
    visitor = new_visitor(language)
    visitor.comes_signed_in(by.person)
    return visitor


def test_takes_answers_and_goes_on_by_the_keyboard_alone(visitor: Visitor, by: Agent) -> None:
    first, second = Enquiry.objects.in_order()
    visitor.go("enquiries:work")
    visitor.walks_to("Take the oldest").presses("Enter")
    visitor.is_at("enquiries:enquiry", first.reference)
    visitor.ready()

    page = visitor.page
    page.locator("h1").wait_for()
    page.keyboard.press("r")
    page.keyboard.type(ANSWER)
    visitor.walks_to("1 – ").presses("Space")
    expect(page.locator("[data-wrap-up] output")).to_have_text("011")
    page.keyboard.press("Control+Shift+Enter")

    visitor.is_at("enquiries:enquiry", second.reference)
    first.refresh_from_db()
    assert (first.state, first.wrap_up_code) == (State.ANSWERED, "011")
    assert first.messages.get(direction=Direction.OUT).body == ANSWER


def test_letters_do_nothing_in_a_field_and_can_be_turned_off(visitor: Visitor, by: Agent) -> None:
    held = in_hand(by, Enquiry.objects.in_order()[0], now=NOW)
    visitor.go("enquiries:enquiry", held.reference)
    page, dialog = visitor.page, visitor.page.locator("#shortcuts")

    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("never? jrn")
    expect(dialog).not_to_be_visible()

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("[data-shortcuts-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog).not_to_be_visible()
    assert not Message.objects.exclude(direction=Direction.IN).exists()


def test_sees_that_a_colleague_reads_the_same(
    visitor: Visitor, new_visitor: NewVisitor, language: str, by: Agent
) -> None:
    held = in_hand(by, Enquiry.objects.in_order()[0], now=NOW)
    other = agent()
    colleague = new_visitor(language)
    colleague.comes_signed_in(other.person)
    colleague.go("enquiries:enquiry", held.reference)
    with colleague.page.expect_response("**/here/"):
        colleague.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    visitor.go("enquiries:enquiry", held.reference)

    expect(visitor.page.locator("#presence")).to_contain_text(other.person.name)
