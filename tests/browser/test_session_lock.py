"""The idle lock in front of a person: warned in time, locked in place, nothing typed lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Locator, expect

from comptoir.people.models import Person, Role
from tests.browser import axe
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor, app_code, give_app
from tests.people.factories import person_with
from tests.people.organization import ADDRESS, trusted

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TYPED = "Typed With Care"


def time_passes(visitor: Visitor, clock: time_machine.Traveller, minutes: int) -> None:
    """On the server's clock and on the page's."""
    clock.shift(timedelta(minutes=minutes))
    visitor.page.clock.fast_forward(minutes * 60_000)


def at_the_account(visitor: Visitor, person: Person) -> Locator:
    """Somebody has typed a new name into their account and not sent it yet; the dialog over it."""
    visitor.comes_signed_in(person)
    return at_the_account_of_who_is_in(visitor)


def at_the_account_of_who_is_in(visitor: Visitor) -> Locator:
    visitor.page.clock.install()
    visitor.go("people:account")
    visitor.type("Name", TYPED)
    return visitor.page.get_by_role("dialog")


def saved(person: Person) -> str:
    person.refresh_from_db()
    return person.name


def test_a_delegate_is_warned_locked_and_goes_on_where_they_were(
    new_visitor: NewVisitor, clock: time_machine.Traveller, language: str
) -> None:
    person = person_with(Role.DELEGATE, language=language)
    before = person.name
    visitor = new_visitor(language)
    dialog = at_the_account(visitor, person)

    time_passes(visitor, clock, 13)
    expect(dialog).to_contain_text(visitor.says("Are you still there?"))
    visitor.press("I am still here", dialog)
    expect(dialog).to_be_hidden()

    time_passes(visitor, clock, 13)
    expect(dialog).to_contain_text(visitor.says("Are you still there?"))
    time_passes(visitor, clock, 2)
    expect(dialog).to_contain_text(visitor.says("Your session is locked"))
    expect(visitor.field("Name")).to_be_hidden()
    assert axe.complaints(visitor.page) == []
    dialog.get_by_role("button", name=person.email).click()
    expect(visitor.field("Code", dialog)).to_be_visible()
    visitor.type("Code", visitor.post.code(person.email), dialog)
    visitor.press("Unlock", dialog)

    expect(dialog).to_be_hidden()
    expect(visitor.field("Name")).to_have_value(TYPED)
    assert saved(person) == before
    visitor.press("Save")
    visitor.sees("Your details were saved.")
    assert saved(person) == TYPED


def test_the_dialog_cannot_be_waved_away(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    visitor = new_visitor()
    dialog = at_the_account(visitor, person_with(Role.DELEGATE))
    time_passes(visitor, clock, 15)
    expect(dialog).to_contain_text("Your session is locked")

    visitor.page.keyboard.press("Escape")

    expect(dialog).to_be_visible()


def test_staff_unlock_in_place_by_their_app(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    visitor = new_visitor()
    dialog = at_the_account(visitor, person)
    time_passes(visitor, clock, 15)

    visitor.type("Code", "000000", dialog)
    visitor.press("Unlock", dialog)
    expect(dialog).to_contain_text("That is not the present code")
    visitor.type("Code", app_code(), dialog)
    visitor.press("Unlock", dialog)

    expect(dialog).to_be_hidden()
    expect(visitor.field("Name")).to_have_value(TYPED)


def test_staff_unlock_at_their_organization_in_another_tab_and_go_on_in_this_one(
    new_visitor: NewVisitor, clock: time_machine.Traveller, settings: Any, language: str
) -> None:
    settings.OIDC_SECOND_FACTOR = True
    person = person_with(Role.AUDITOR, email=ADDRESS, language=language)
    visitor = new_visitor(language)
    with trusted(settings) as there:
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": policy | {"form-action": [*policy["form-action"], there.address]}
        }
        visitor.watch.lets_visit(there.address)
        visitor.go("account_login")
        visitor.page.get_by_role("button", name="Department sign-in").click()
        visitor.page.wait_for_url("**/trail/")
        dialog = at_the_account_of_who_is_in(visitor)
        time_passes(visitor, clock, 15)
        expect(dialog).to_contain_text(visitor.says("Your session is locked"))
        assert axe.complaints(visitor.page) == []

        with visitor.context.expect_page() as opened:
            dialog.get_by_role("button", name="Department sign-in").click()
        expect(opened.value.get_by_role("heading", level=1)).to_have_text(
            visitor.says("Your session is unlocked")
        )
        opened.value.close()
        visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

        expect(dialog).to_be_hidden()
        expect(visitor.field("Name")).to_have_value(TYPED)
        assert saved(person) != TYPED


def test_sending_after_a_pause_asks_first_and_then_sends(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    """A laptop that slept: the page's own clock did not run, and the first thing done is to send."""
    person = person_with(Role.AUDITOR)
    give_app(person)
    visitor = new_visitor()
    dialog = at_the_account(visitor, person)
    clock.shift(timedelta(minutes=20))
    visitor.page.clock.fast_forward(90_000)

    visitor.press("Save")
    expect(dialog).to_contain_text("Your session is locked")
    visitor.type("Code", app_code(), dialog)
    visitor.press("Unlock", dialog)

    visitor.sees("Your details were saved.")
    assert saved(person) == TYPED


def test_a_locked_page_asks_nothing_until_somebody_comes_back_to_it(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    visitor = new_visitor()
    dialog = at_the_account(visitor, person_with(Role.DELEGATE))
    time_passes(visitor, clock, 15)
    expect(dialog).to_contain_text("Your session is locked")
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))

    time_passes(visitor, clock, 60)

    visitor.page.evaluate("fetch('/robots.txt')")
    assert [address.rsplit("/", 1)[1] for address in asked] == ["robots.txt"]
    with visitor.page.expect_response("**/session/"):
        visitor.page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_somebody_who_types_is_not_locked_out(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    visitor = new_visitor()
    dialog = at_the_account(visitor, person_with(Role.DELEGATE))

    for _ in range(3):
        time_passes(visitor, clock, 8)
        with visitor.page.expect_response("**/session/"):
            visitor.field("Name").press_sequentially("x")

    expect(dialog).to_be_hidden()
    visitor.press("Save")
    visitor.sees("Your details were saved.")


def test_a_session_ended_elsewhere_keeps_the_page(
    new_visitor: NewVisitor, clock: time_machine.Traveller
) -> None:
    person = person_with(Role.DELEGATE)
    visitor = new_visitor()
    dialog = at_the_account(visitor, person)
    person.sessions.all().delete()
    clock.shift(timedelta(minutes=2))
    visitor.page.clock.fast_forward(120_000)

    visitor.press("Save")
    expect(dialog).to_contain_text("You were signed out")
    visitor.comes_signed_in(person)
    visitor.press("I have signed in", dialog)

    visitor.sees("Your details were saved.")
    assert saved(person) == TYPED


def test_a_form_sent_at_once_after_signing_out_elsewhere_comes_back_filled_in(
    new_visitor: NewVisitor,
) -> None:
    person = person_with(Role.DELEGATE)
    visitor = new_visitor()
    visitor.signs_in(person)
    at_the_account_of_who_is_in(visitor)
    person.sessions.all().delete()

    visitor.press("Save")
    visitor.sees("You were signed out. Sign in: what you typed is kept for an hour.")
    visitor.type("E-mail address", person.email)
    visitor.press("Send me a code")
    visitor.heading("Enter the code")
    visitor.type("Code", visitor.post.code(person.email))
    visitor.press("Sign in")

    visitor.sees("Nothing has been sent yet")
    visitor.press("Save")
    visitor.sees("Your details were saved.")
    assert saved(person) == TYPED


def test_without_scripts_the_form_comes_back_filled_in(
    new_visitor: NewVisitor, clock: time_machine.Traveller, language: str
) -> None:
    person = person_with(Role.DELEGATE, language=language)
    before = person.name
    visitor = new_visitor(language, java_script_enabled=False)
    visitor.comes_signed_in(person)
    page = visitor.page
    page.goto(visitor.address("people:account"))
    page.locator("input[name=name]").fill(TYPED)

    clock.shift(timedelta(minutes=16))
    page.get_by_role("button", name=visitor.says("Save")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        visitor.says("Your session is locked")
    )
    page.get_by_role("button", name=person.email).click()
    page.locator("input[name=code]").fill(visitor.post.code(person.email))
    page.get_by_role("button", name=visitor.says("Unlock")).click()

    expect(page.locator("input[name=name]")).to_have_value(TYPED)
    assert saved(person) == before
    page.get_by_role("button", name=visitor.says("Save")).click()
    assert saved(person) == TYPED
