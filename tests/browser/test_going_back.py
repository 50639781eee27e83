"""Going back in the browser: what was read before shows nothing once the session is locked or over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What the browser sends to a page that it had put aside whole and shows again. Playwright switches
# that store off, so the test says it in the browser's place.
SHOWN_AGAIN = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def reading_their_account(new_visitor: NewVisitor, language: str = "en") -> Visitor:
    visitor = new_visitor(language)
    visitor.comes_signed_in(person_with(Role.DELEGATE, language=language))
    visitor.go("people:account")
    return visitor


def test_going_back_from_the_lock_leads_to_the_lock(
    new_visitor: NewVisitor, clock: time_machine.Traveller, language: str
) -> None:
    visitor = reading_their_account(new_visitor, language)
    clock.shift(timedelta(minutes=15))
    visitor.go("people:home")
    visitor.heading("Your session is locked")

    visitor.page.go_back()

    visitor.heading("Your session is locked")
    expect(visitor.field("Name")).to_be_hidden()


def test_going_back_after_signing_out_leads_to_signing_in(new_visitor: NewVisitor) -> None:
    visitor = reading_their_account(new_visitor)
    visitor.go("account_logout")
    visitor.page.locator("main").get_by_role("button", name="Sign out").click()
    expect(visitor.page).not_to_have_url(re.compile("sign-out"))

    visitor.page.go_back()

    expect(visitor.page).to_have_url(re.compile(r"/sign-in/\?next=/en/account/$"))
    expect(visitor.field("Name")).to_be_hidden()


def test_a_page_that_the_browser_had_put_aside_asks_who_is_there_at_once(
    new_visitor: NewVisitor, clock: time_machine.Traveller, language: str
) -> None:
    visitor = reading_their_account(new_visitor, language)
    clock.shift(timedelta(minutes=15))

    visitor.page.evaluate(SHOWN_AGAIN)

    expect(visitor.page.get_by_role("dialog")).to_contain_text(
        visitor.says("Your session is locked")
    )
    expect(visitor.field("Name")).to_be_hidden()


def test_it_is_not_read_before_the_server_has_answered(new_visitor: NewVisitor) -> None:
    visitor = reading_their_account(new_visitor)
    asked = []
    visitor.page.route("**/session/", lambda route: asked.append(route))
    expect(visitor.field("Name")).to_be_visible()

    visitor.page.evaluate(SHOWN_AGAIN)

    expect(visitor.field("Name")).to_be_hidden()
    asked[0].continue_()
    expect(visitor.field("Name")).to_be_visible()
    expect(visitor.page.get_by_role("dialog")).to_be_hidden()
