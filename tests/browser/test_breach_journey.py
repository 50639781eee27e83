"""A breach of privacy from end to end: reported, out of everybody's sight, opened with a reason, decided,
told to whom the law wants told, and closed.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from comptoir.enquiries.models import Agent, Enquiry, Opening, Referral, ReferralOutcome
from comptoir.people.models import Person, Role
from comptoir.ui import clock, times
from tests.browser.conftest import NewVisitor
from tests.browser.post import text_of
from tests.browser.visiting import Visitor
from tests.enquiries.factories import agent, enquiry, in_hand
from tests.liaison.factories import NOW
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHAT = "A letter for one client went to another."
WHY = "The report needs the letter."
SEVEN_DAYS = {
    "en": "7 days are left to report this breach",
    "fr": "Il reste 7 jours pour signaler cette atteinte",
}
RESULT = "Both clients were told. The address was put right."


@pytest.fixture
def by(language: str, transactional_db: None) -> Agent:
    """An agent who finds the breach."""
    return agent(person=person_with(Role.AGENT, language=language))


@pytest.fixture
def officer(language: str, transactional_db: None) -> Person:
    """The privacy officer, who answers for it."""
    return person_with(Role.PRIVACY_OFFICER, name="Pat Guardwell", language=language)


@pytest.fixture
def held(by: Agent) -> Enquiry:
    """What the agent has in hand."""
    return in_hand(by, enquiry(now=NOW, body="Whose letter is this?"), now=NOW)


def signed_in(new_visitor: NewVisitor, person: Person) -> Visitor:
    visitor = new_visitor(person.language)
    visitor.comes_signed_in(person)
    return visitor


def reports(visitor: Visitor, officer: Person) -> None:
    """The whole intake, by its labels; the agent's page is open."""
    visitor.follow("Report a privacy breach")
    visitor.heading("Report a privacy breach")
    visitor.type("What happened", WHAT)
    visitor.date("Found on", clock.service_date(clock.now()))
    visitor.type("Found at", "08:45")
    visitor.date("Happened on", clock.service_date(clock.now()) - timedelta(days=3))
    visitor.type("Happened at", "16:30")
    visitor.type("Where it happened", "In a reply by e-mail")
    visitor.type("What kind of personal information", "Name and date of birth")
    visitor.type("How many people are affected", "2")
    visitor.type("What was done to limit the harm", "The reader deleted it.")
    visitor.type("Office or team", "Privacy")
    visitor.field("Who answers for it").select_option(label=officer.name)
    visitor.press("Report the breach")
    visitor.heading("Privacy breach")


def reports_what_is_known_so_far(visitor: Visitor, officer: Person) -> None:
    """What happened, found now; the only privacy officer is chosen already."""
    visitor.follow("Report a privacy breach")
    visitor.heading("Report a privacy breach")
    expect(visitor.field("Who answers for it")).to_have_value(str(officer.pk))
    visitor.type("What happened", WHAT)
    visitor.press("Report the breach")
    visitor.heading("Privacy breach")


def completes(visitor: Visitor) -> None:
    """On the page of the referral, once it is opened."""
    visitor.sees("Before it can be dealt with, we need:")
    visitor.type("Where it happened", "In a reply by e-mail")
    visitor.type("What kind of personal information", "Name and date of birth")
    visitor.type("How many people are affected", "2")
    visitor.type("What was done to limit the harm", "The reader deleted it.")
    visitor.press("Write it down")
    visitor.sees("What is known of the breach was written down.")


def opens(visitor: Visitor) -> None:
    """Give a reason, and read."""
    visitor.follow("Say why you open the enquiry, to read what this is about")
    visitor.heading("This enquiry is restricted")
    expect(visitor.page.locator("main")).not_to_contain_text("Whose letter is this?")
    visitor.type("Why do you open it?", WHY)
    visitor.press("Open it")
    visitor.sees("The conversation")
    expect(visitor.page.locator("main")).to_contain_text("Whose letter is this?")


def decides_and_tells(visitor: Visitor) -> None:
    """It is material: the seven days begin, and both are told."""
    due = clock.service_date(clock.now() + timedelta(days=7))
    visitor.tick("Yes")
    visitor.press("Decide")
    main = visitor.page.locator("main")
    expect(main).to_contain_text(SEVEN_DAYS[visitor.language])
    expect(main).to_contain_text(times.long_date(due, language=visitor.language))
    expect(button(visitor, "Close the referral")).to_have_count(0)
    visitor.press("The Privacy Commissioner was told")
    visitor.sees("The report is on record.")
    expect(button(visitor, "Close the referral")).to_have_count(0)
    visitor.press("The Treasury Board Secretariat was told")
    visitor.sees("Both were told.")


def button(visitor: Visitor, label: str) -> Locator:
    return visitor.page.get_by_role("button", name=visitor.says(label), exact=True)


def test_a_breach_is_reported_opened_with_a_reason_decided_told_and_closed(
    new_visitor: NewVisitor, by: Agent, officer: Person, held: Enquiry
) -> None:
    finder = signed_in(new_visitor, by.person)
    finder.go("enquiries:enquiry", held.reference)
    reports(finder, officer)
    found = Referral.objects.select_related("breach").get(enquiry=held)
    assert (found.owner, found.breach.people_affected) == (officer, 2)
    letter = text_of(finder.post.last(officer.email))
    assert held.reference not in letter
    assert WHAT not in letter

    reader = signed_in(new_visitor, officer)
    reader.go("enquiries:referrals")
    row = reader.page.locator("tbody tr").filter(has_text=held.reference)
    row.get_by_role("link").click()
    reader.is_at("enquiries:referral", found.pk)
    expect(reader.page.locator("main")).not_to_contain_text(WHAT)
    opens(reader)
    assert Opening.objects.get(person=officer, enquiry=held).reason == WHY
    reader.go("enquiries:referral", found.pk)
    for told in (WHAT, "Name and date of birth", "The reader deleted it."):
        expect(reader.page.locator("main")).to_contain_text(told)

    reader.press("I have it")
    reader.sees("You have it. Please close it once it is dealt with.")
    decides_and_tells(reader)
    reader.tick("Dealt with")
    reader.type("In a few words", RESULT)
    reader.press("Close the referral")
    reader.sees("It is closed.")
    found.refresh_from_db()
    assert (found.outcome, found.closed_by) == (ReferralOutcome.DONE, officer)
    expect(reader.page.locator("main")).to_contain_text(RESULT)


def test_it_is_in_no_list_any_more_of_who_reported_it_nor_of_a_team_lead(
    new_visitor: NewVisitor, by: Agent, officer: Person, held: Enquiry
) -> None:
    finder = signed_in(new_visitor, by.person)
    lead = signed_in(new_visitor, person_with(Role.TEAM_LEAD, language=by.person.language))
    lists = ((finder, "enquiries:work"), (lead, "enquiries:all"))
    for visitor, name in lists:
        visitor.go(name)
        expect(visitor.page.locator("main")).to_contain_text(held.reference)
    finder.go("enquiries:enquiry", held.reference)
    reports(finder, officer)

    for visitor, name in lists:
        visitor.go(name)
        expect(visitor.page.locator("main")).not_to_contain_text(held.reference)
    lead.watch.expect(404)
    lead.go("enquiries:enquiry", held.reference)
    finder.go("enquiries:enquiry", held.reference)
    finder.is_at("enquiries:restricted", held.reference)
    for visitor in (finder, lead):
        expect(visitor.page.locator("body")).not_to_contain_text("Whose letter is this?")


def test_a_colleague_who_is_not_named_finds_nothing(
    new_visitor: NewVisitor, by: Agent, officer: Person, held: Enquiry
) -> None:
    finder = signed_in(new_visitor, by.person)
    finder.go("enquiries:enquiry", held.reference)
    reports(finder, officer)
    found = Referral.objects.get(enquiry=held)

    other = signed_in(
        new_visitor, agent(person=person_with(Role.AGENT, language=by.person.language)).person
    )
    other.go("enquiries:referrals")
    expect(other.page.locator("main")).not_to_contain_text(held.reference)
    for name, argument in (
        ("enquiries:referral", found.pk),
        ("enquiries:restricted", held.reference),
        ("enquiries:enquiry", held.reference),
    ):
        other.watch.expect(404)
        other.go(name, argument)


def test_a_breach_is_reported_with_what_is_known_and_completed_later(
    new_visitor: NewVisitor, by: Agent, officer: Person, held: Enquiry
) -> None:
    finder = signed_in(new_visitor, by.person)
    finder.go("enquiries:enquiry", held.reference)
    reports_what_is_known_so_far(finder, officer)
    found = Referral.objects.select_related("breach").get(enquiry=held)
    assert (found.owner, found.breach.place) == (officer, "")

    opens(finder)
    finder.follow("See what is missing, and write down what you know by now")
    completes(finder)

    found.breach.refresh_from_db()
    assert (found.breach.people_affected, found.breach.data) == (2, "Name and date of birth")
