"""A long menu in groups: every page of it is reached by the keyboard, and on a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lead(new_visitor: NewVisitor, language: str) -> Visitor:
    """A team lead, whose menu is the longest."""
    visitor = new_visitor(language)
    visitor.comes_signed_in(person_with(Role.TEAM_LEAD, language=language))
    return visitor


def test_a_page_inside_a_group_is_reached_by_the_keyboard(lead: Visitor) -> None:
    lead.go("liaison:board")
    lead.walks_to("Enquiries").presses("Enter")
    lead.is_at("enquiries:work")
    lead.ready()

    lead.walks_to("Mail set aside").presses("Enter")

    lead.is_at("enquiries:mails")
    inside = lead.page.get_by_role("navigation", name=lead.says("Enquiries"), exact=True)
    expect(inside.locator("[aria-current=page]")).to_have_text(lead.says("Mail set aside"))


def test_on_a_telephone_the_groups_stand_behind_the_button_and_their_pages_below(
    lead: Visitor,
) -> None:
    lead.page.set_viewport_size({"width": 390, "height": 844})
    lead.go("liaison:board")
    expect(lead.page.get_by_role("link", name=lead.says("Follow-ups"), exact=True)).to_be_visible()

    lead.press("Menu")
    lead.follow("Sharing of time")

    lead.is_at("liaison:rule")
    lead.follow("Scorecard")
    lead.is_at("liaison:scorecard")
