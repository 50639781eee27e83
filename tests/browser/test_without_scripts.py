"""A browser that runs no script: everything can be read, and plain forms do what the components do."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from comptoir.liaison.models import Appointment
from comptoir.people.models import Office, Role
from tests.browser.cases import EXPIRES_ON, FAMILY, SIGNED_ON, STUDY, TypedCase
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import DAY, PolicyFactory, at, delegate_of, open_day
from tests.people.factories import OfficeFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
    """Its delegate, signed in."""
    visitor = new_visitor(language, java_script_enabled=False)
    visitor.comes_signed_in(delegate_of(office))
    return visitor


def to_the_form(delegate: Visitor, office: Office) -> None:
    """Choose a length and a time."""
    page = delegate.page
    page.goto(delegate.address("liaison:office", office.reference))
    page.get_by_role("link", name=delegate.says("Book an appointment")).click()
    page.get_by_label(delegate.says("Length")).select_option("45")
    page.get_by_role("button", name=delegate.says("Show times")).click()
    page.locator(f"button[value='{at(DAY, 10):%Y-%m-%dT%H:%MZ}']").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(delegate.says("Your cases"))


def plain(page: Page, name: str) -> Locator:
    """The browser's own control of a field; the component of the same name stands beside it, empty."""
    return page.locator(f":is(input, select, textarea)[name={name}]")


def type_case(page: Page, number: int, case: TypedCase) -> None:
    """Fill in the plain fields of one row."""
    values = {
        "uci": case.uci,
        "application_number": case.application_number,
        "question": case.question,
        "consent_signer": case.signer,
    }
    if case.signer:
        values |= {
            "consent_signed_on": f"{SIGNED_ON}",
            "consent_scope": "The application",
            "consent_expires_on": f"{EXPIRES_ON}",
        }
    for name, text in values.items():
        plain(page, f"cases-{number}-{name}").fill(text)
    plain(page, f"cases-{number}-line_of_business").select_option(case.line)
    basis = "consent" if case.signer else "member"
    page.locator(f"input[name=cases-{number}-legal_basis][value={basis}]").check()


def test_an_office_books_with_plain_forms(delegate: Visitor, office: Office) -> None:
    to_the_form(delegate, office)
    page = delegate.page
    type_case(page, 0, STUDY)
    page.get_by_role("button", name=delegate.says("Add another case")).click()
    type_case(page, 1, FAMILY)
    page.get_by_role("button", name=delegate.says("Book this appointment")).click()

    expect(page.get_by_text(delegate.says("Your appointment is booked."))).to_be_visible()
    booked = Appointment.objects.get()
    assert (booked.minutes, booked.telephone) == (45, "613-555-0188")
    assert [line.question for line in booked.case_lines.order_by("position")] == [
        STUDY.question,
        FAMILY.question,
    ]


def test_a_mistake_is_explained_beside_its_field_and_nothing_typed_is_lost(
    delegate: Visitor, office: Office
) -> None:
    to_the_form(delegate, office)
    page = delegate.page
    type_case(page, 0, FAMILY)
    plain(page, "cases-0-application_number").fill("123456789")
    delegate.watch.expect(422)
    page.get_by_role("button", name=delegate.says("Book this appointment")).click()

    wrong = delegate.says("An application number begins with one letter, such as E123456789.")
    expect(page.locator(".field__error", has_text=wrong)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    expect(plain(page, "cases-0-question")).to_have_value(FAMILY.question)


def test_what_was_typed_is_on_the_form_again_after_the_lock(
    delegate: Visitor, office: Office, clock: time_machine.Traveller
) -> None:
    to_the_form(delegate, office)
    page, person = delegate.page, delegate_of(office)
    type_case(page, 0, STUDY)
    clock.shift(timedelta(minutes=16))
    page.get_by_role("button", name=delegate.says("Book this appointment")).click()
    page.get_by_role("button", name=person.email).click()
    plain(page, "code").fill(delegate.post.code(person.email))
    page.get_by_role("button", name=delegate.says("Unlock")).click()

    expect(plain(page, "cases-0-question")).to_have_value(STUDY.question)
    assert not Appointment.objects.exists()
    page.get_by_role("button", name=delegate.says("Book this appointment")).click()
    expect(page.get_by_text(delegate.says("Your appointment is booked."))).to_be_visible()


@pytest.mark.parametrize("name", ["liaison:office", "liaison:past", "liaison:answers"])
def test_lists_can_be_read(delegate: Visitor, office: Office, name: str) -> None:
    delegate.page.goto(delegate.address(name, office.reference))

    main = delegate.page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    assert len(main.inner_text().split()) > 10
