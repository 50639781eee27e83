"""A senator's office has one basis for a case, a written consent: it is said, not asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from comptoir.liaison.models import LegalBasis
from comptoir.people.models import Office, Role
from tests.browser import booking
from tests.browser.cases import EXPIRES_ON, SIGNED_ON, STUDY
from tests.browser.conftest import NewVisitor
from tests.liaison.factories import DAY, PolicyFactory, at, delegate_of, open_day
from tests.people.factories import OfficeFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(language: str, transactional_db: None) -> Office:
    """A senator's, on the telephone, with a rule and an open day."""
    PolicyFactory.create()
    made: Office = OfficeFactory.create(senate=True, language=language)
    made.telephones.create(label="Reception", number="613-555-0188")
    person_with(Role.DELEGATE, office=made, language=language)
    open_day()
    return made


def test_it_books_two_cases_with_their_consents(
    new_visitor: NewVisitor, language: str, office: Office
) -> None:
    delegate = new_visitor(language)
    delegate.comes_signed_in(delegate_of(office))
    booking.times_for(delegate, office, 30)
    booking.take(delegate, at(DAY, 10))
    delegate.press("Add another case")
    expect(delegate.field("UCI", booking.rows(delegate).nth(1))).to_be_focused()

    for number in range(2):
        row = booking.rows(delegate).nth(number)
        expect(row.get_by_text(delegate.says("Written consent of the person"))).to_be_visible()
        delegate.type("UCI", STUDY.uci, row)
        delegate.choose("What the case is about", STUDY.line, row)
        delegate.type("Your question", STUDY.question, row)
        delegate.type("Who signed the consent", STUDY.signer, row)
        delegate.date("Signed on", SIGNED_ON, row)
        delegate.type("What the consent covers", "The application", row)
        delegate.date("Ends on", EXPIRES_ON, row)
    booked = booking.send(delegate)

    cases = list(booked.case_lines.all())
    assert [case.legal_basis for case in cases] == [LegalBasis.CONSENT] * 2
    assert {case.consent_signer for case in cases} == {STUDY.signer}
