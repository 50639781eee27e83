"""The way of a question, in both languages: asked by anybody, received, answered, read by a code."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from comptoir.domain import identifiers
from comptoir.enquiries import guarding
from comptoir.enquiries.models import Enquiry, State
from tests.browser import asking
from tests.browser.conftest import NewVisitor
from tests.browser.post import text_of
from tests.browser.visiting import Visitor
from tests.enquiries.files import PDF, PNG
from tests.people.factories import OfficeFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBERS = (
    "",
    "1",
    "12345678",
    "12-3456-7890",
    "1234 5678",
    "1234567a",
    "123456789",
    "E123456789",
    "e 123 456 789",
    "EE12345678",
    "E12345678",
    "ſ123456789",
    "１２３４５６７８",
    "1234–5678",
)


@pytest.fixture
def client(new_visitor: NewVisitor, language: str) -> Visitor:
    """Somebody without an account."""
    return new_visitor(language)


def in_the_script(visitor: Visitor, name: str, text: str) -> str:
    return str(visitor.page.evaluate("([n, t]) => identifierFault(n, t)", [name, text]))


def in_the_rules(name: str, text: str) -> str:
    parse = identifiers.parse_uci if name == "uci" else identifiers.parse_application_number
    try:
        parse(text)
    except identifiers.BadIdentifier as error:
        return str(error.fault)
    return ""


def test_a_question_is_asked_answered_and_read(client: Visitor) -> None:
    client.go("people:home")
    client.follow("Ask a question")
    client.heading("Ask a question")
    asking.types(client)
    client.press("Go on: check what you typed")
    client.heading("Check your question, then send it")
    expect(client.page.locator("main")).to_contain_text("It has been a year.")
    assert guarding.is_worked_out(asking.page_fields(client))
    letter: FilePayload = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    passport: FilePayload = {"name": "passport.png", "mimeType": "image/png", "buffer": PNG}
    client.page.locator("input[type=file]").set_input_files([letter, passport])
    asking.sends(client)

    found = Enquiry.objects.get()
    assert {document.name for document in found.documents.all()} == {"letter.pdf", "passport.png"}
    assert found.language == client.language
    expect(client.page.locator(".reference")).to_have_text(found.reference)
    assert found.reference in text_of(client.post.last(asking.EMAIL))
    assert client.page.evaluate("() => sessionStorage.getItem('comptoir.enquiry')") is None

    asking.answer(found)
    assert asking.ANSWER not in text_of(client.post.last(asking.EMAIL))
    found.refresh_from_db()
    asking.asks_for_a_code(client, found)
    client.type("Code", client.post.code(asking.EMAIL))
    client.press("Read my enquiry")
    client.heading("Your enquiry %(reference)s", reference=found.reference)
    expect(client.page.locator("main")).to_contain_text(asking.ANSWER)

    client.type("Your text", "And the police certificate?")
    client.press("Send")
    client.sees("We have received your text.")
    client.sees("It waits for an agent.")
    found.refresh_from_db()
    assert found.state == State.WAITING

    client.press("Close the enquiry")
    client.sees("The enquiry is closed in this browser.")
    client.go("enquiries:followed")
    client.is_at("enquiries:follow")


def test_what_was_typed_is_there_again_in_this_tab_until_it_is_cleared(client: Visitor) -> None:
    asking.types(client)
    client.sees("What you type is kept on this device only")

    client.go("enquiries:ask")

    expect(client.field("Your question")).to_have_value(asking.QUESTION)
    expect(client.field("UCI")).to_have_value("1234-5678")
    expect(client.field("Why do you write?")).to_have_value("status")
    expect(client.field("The client")).to_be_checked()
    client.press("Go on: check what you typed")
    client.heading("Check your question, then send it")
    client.go("enquiries:ask")
    client.press("Clear what I typed")
    expect(client.field("Your question")).to_have_value("")


def test_only_the_questions_that_the_answers_call_for_are_there(client: Visitor) -> None:
    client.go("enquiries:ask")
    expect(client.field("Your full name")).to_be_hidden()

    client.tick("A representative of the client")
    expect(client.field("Your full name")).to_be_visible()
    expect(client.field("Find your office")).to_be_hidden()

    client.tick("A legislator’s office")
    expect(client.field("Find your office")).to_be_visible()
    client.sees("Consent")


def test_an_office_finds_itself_and_sends_its_question(client: Visitor) -> None:
    office = OfficeFactory.create(legislator="Zita Quartz", sort_name="quartz zita")
    asking.types(client)
    client.tick("A legislator’s office")
    client.type("Your full name", "Delegate Two")
    client.type("Find your office", "quartz")
    client.press("Find the office")
    client.page.locator("gcds-select[name=office] select").select_option(office.reference)
    expect(client.field("Your question")).to_have_value(asking.QUESTION)

    client.press("Go on: check what you typed")
    client.heading("Check your question, then send it")
    expect(client.page.locator("main")).to_contain_text("Zita Quartz")
    asking.sends(client)

    assert Enquiry.objects.get().office == office


def test_a_wrong_number_is_explained_on_leaving_it_by_the_rules_of_the_server(
    client: Visitor,
) -> None:
    client.go("enquiries:ask")

    client.type("UCI", "123")
    client.field("Application number").focus()
    expect(client.page.locator("gcds-input[name=uci] gcds-error-message")).to_be_visible()
    client.type("UCI", "12345678")
    expect(client.page.locator("gcds-input[name=uci] gcds-error-message")).to_have_count(0)

    for name in ("uci", "application_number"):
        for text in filter(None, NUMBERS):
            assert in_the_script(client, name, text) == in_the_rules(name, text), (name, text)


def test_a_mistake_takes_the_focus_to_its_summary_and_loses_nothing(client: Visitor) -> None:
    asking.types(client, email="nobody")
    client.watch.expect(422)
    client.press("Go on: check what you typed")

    expect(client.page.locator("[data-error-summary]")).to_be_focused()
    expect(client.field("Your question")).to_have_value(asking.QUESTION)


def test_without_scripts_a_question_is_asked_all_the_same(
    new_visitor: NewVisitor, language: str
) -> None:
    visitor = new_visitor(language, java_script_enabled=False)
    page = visitor.page
    with asking.a_moment_ago():
        page.goto(visitor.address("enquiries:ask"))
    page.locator("input[name=asker_kind][value=client]").check()
    for name, text in {
        "email": asking.EMAIL,
        "applicant_name": "Applicant One",
        "applicant_born_on": "1990-02-03",
        "uci": "12345678",
        "body": asking.QUESTION,
    }.items():
        page.locator(f":is(input, textarea)[name={name}]").fill(text)
    page.locator("select[name=line_of_business]").select_option("family")
    page.locator("select[name=topic]").select_option("status")
    page.get_by_role("button", name=visitor.says("Go on: check what you typed")).click()
    page.get_by_role("button", name=visitor.says("Send the question")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        visitor.says("We have received your question")
    )
    assert Enquiry.objects.get().messages.get().body == asking.QUESTION
