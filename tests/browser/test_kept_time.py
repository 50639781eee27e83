"""The open form hears what becomes of the time that was kept for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.people.models import Office, Role
from tests.browser import booking
from tests.browser.cases import STUDY, kept
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import DAY, PolicyFactory, at, delegate_of, open_day
from tests.people.factories import OfficeFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_LONGER = "This time is no longer kept for your office."


@pytest.fixture
def office(language: str, transactional_db: None) -> Office:
    """An office on the telephone, a rule and an open day."""
    PolicyFactory.create()
    made: Office = OfficeFactory.create(language=language)
    made.telephones.create(label="Reception", number="613-555-0188")
    person_with(Role.DELEGATE, office=made, language=language)
    open_day()
    return made


@pytest.fixture
def delegate(new_visitor: NewVisitor, language: str, office: Office) -> Visitor:
    """Its delegate, who has typed a case for the time at ten."""
    visitor = new_visitor(language)
    visitor.comes_signed_in(delegate_of(office))
    booking.times_for(visitor, office, 30)
    booking.take(visitor, at(DAY, 10))
    booking.type_cases(visitor, [STUDY])
    return visitor


def come_back_to(delegate: Visitor) -> None:
    """What a browser says when a tab is looked at again."""
    delegate.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def told(delegate: Visitor, text: str) -> None:
    """The form says it, and so does a screen reader; nothing typed is gone."""
    expect(delegate.page.locator("#kept")).to_contain_text(delegate.says(text))
    expect(delegate.page.locator("#announcer")).to_contain_text(delegate.says(NO_LONGER))
    kept(delegate, booking.rows(delegate).first, STUDY)


def test_that_the_keeping_has_ended_and_the_time_is_still_free(
    delegate: Visitor, clock: time_machine.Traveller
) -> None:
    expect(delegate.page.locator("#kept")).to_contain_text("9")
    clock.shift(timedelta(minutes=6))

    come_back_to(delegate)

    told(delegate, "This time is still free: book soon.")
    booking.send(delegate)


def test_that_another_tab_took_it_for_another_time(delegate: Visitor, office: Office) -> None:
    first = delegate.page
    delegate.page = delegate.context.new_page()
    booking.times_for(delegate, office, 30)
    booking.take(delegate, at(DAY, 14))
    expect(delegate.page.locator(".message")).to_contain_text(
        booking.clock_face(delegate, at(DAY, 10))
    )

    delegate.page = first
    come_back_to(delegate)

    told(delegate, "Your office keeps another time now; it can keep only one.")
