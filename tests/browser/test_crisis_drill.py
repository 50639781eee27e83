"""A crisis line: in a drill opened, worked and closed; a real one shown once more before it opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from comptoir.enquiries.models import CrisisLine, State
from comptoir.ledger.models import Contact
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.enquiries import factories
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = {"en": "DRILL – Flood", "fr": "EXERCICE – Inondation"}


def types(lead: Visitor) -> None:
    """Without a template, with one agent on loan."""
    lead.go("enquiries:crisis")
    lead.page.get_by_role("link", name=lead.says("Without a template"), exact=True).click()
    lead.type("Name in English", "Flood")
    lead.type("Name in French", "Inondation")
    lead.type("Keyword", "FLOOD2026")
    lead.type("Whom it is for, in English", "Who lost documents.")
    lead.type("Whom it is for, in French", "Qui a perdu des documents.")
    lead.type("First answer within (working hours)", "4")
    lead.type("Final answer within (business days)", "2")
    lead.date("Last day", clock.service_date(clock.now()) + timedelta(days=3))
    lead.page.get_by_label("Bo Helper").check(force=True)
    lead.type("Their home team", "Status")


def opens_a_drill(lead: Visitor) -> None:
    """At once: a drill is not shown once more."""
    types(lead)
    lead.tick("This is a drill")
    lead.press("Go on")
    lead.sees("The line is open.")


def test_a_line_is_opened_worked_and_closed_in_a_drill(
    new_visitor: NewVisitor, language: str
) -> None:
    factories.line_of()
    helper = person_with(Role.AGENT, name="Bo Helper")
    factories.agent(person=helper)
    lead = new_visitor(language)
    lead.comes_signed_in(person_with(Role.TEAM_LEAD, language=language))

    opens_a_drill(lead)
    name = NAMES[language]
    expect(lead.page.get_by_role("heading", level=1)).to_have_text(name)
    lead.sees("Nothing of it is counted anywhere but on this page.")

    asked = factories.enquiry(body="FLOOD2026 My papers are gone.", now=clock.now())
    crisis = CrisisLine.objects.get()
    assert asked.line == crisis.line
    assert not Contact.objects.exists()

    lead.go("enquiries:crisis")
    tile = lead.page.locator(".card--main").filter(has_text=name)
    expect(tile.locator("dd").first).to_have_text("1")
    tile.get_by_role("link", name=name).click()
    lead.follow("Close the line")
    lead.type("Why", "The drill is over.")
    lead.press("Close the line")

    lead.sees("The line is closed.")
    lead.heading("After-action report: %(name)s", name=name)
    ended = lead.page.get_by_text(lead.says("Ended with the drill"), exact=True)
    expect(ended.filter(visible=True).first).to_be_visible()
    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert not crisis.loans.running().exists()
    assert not helper.agent.lines.filter(pk=crisis.line_id).exists()


def test_a_real_line_is_shown_once_more_and_nothing_is_open_before(
    new_visitor: NewVisitor, language: str
) -> None:
    factories.line_of()
    factories.agent(person=person_with(Role.AGENT, name="Bo Helper"))
    lead = new_visitor(language)
    lead.comes_signed_in(person_with(Role.TEAM_LEAD, language=language))
    types(lead)
    lead.press("Go on")
    lead.heading("Open this crisis line?")
    main = lead.page.locator("main")
    for told in ("FLOOD2026", "Inondation", "Bo Helper (Status)"):
        expect(main).to_contain_text(told)
    assert not CrisisLine.objects.exists()

    lead.press("Back")
    lead.heading("Open a crisis line")
    expect(lead.field("Keyword")).to_have_value("FLOOD2026")
    expect(lead.page.get_by_label("Bo Helper")).to_be_checked()
    lead.press("Go on")
    lead.heading("Open this crisis line?")
    lead.press("Open it now")

    lead.sees("The line is open.")
    crisis = CrisisLine.objects.get()
    assert not crisis.line.is_drill
    assert crisis.loans.running().get().person.name == "Bo Helper"
