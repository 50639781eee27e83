"""What holds a fact of a case is about the case, whatever its writer says: the gates are asked first."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.enquiries.actions import answering
from comptoir.enquiries.models import Direction, Enquiry, Tier
from comptoir.enquiries.queries import gates
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened

pytestmark = pytest.mark.django_db

CASE = {
    "uci": "12345678",
    "application_number": "C000111222",
    "applicant_born_on": date(1991, 5, 3),
}


@pytest.mark.parametrize(
    "text",
    [
        "Your study permit S123456789 was approved.",
        "It is about s 123456789.",
        "Your number is 1234-5678.",
        "Your number is 12345678.",
        "IUC 12-3456-7890",
        "c000 111 222 is in progress",
        "Born on May 3, 1991.",
        "Né le 3 mai 1991.",
        "1991-05-03",
    ],
)
def test_a_number_or_the_date_of_birth_makes_it_about_the_case(text: str) -> None:
    assert gates.tells_of_a_case(enquiry(**CASE), text)


@pytest.mark.parametrize(
    "text",
    [
        "It takes six months.",
        "Call us at 613-555-0100 or 1-888-242-2100 before May 4, 1991.",
        "Your reference is E2345-6789, of November 16, 2026, 250 dollars.",
        "",
    ],
)
def test_general_words_with_other_numbers_do_not(text: str) -> None:
    assert not gates.tells_of_a_case(enquiry(**CASE), text)


def test_such_an_answer_is_refused_while_the_gates_are_closed_and_disclosed_once_they_are_open() -> (
    None
):
    by = agent()
    held = in_hand(by, enquiry(**CASE))

    def answer(held: Enquiry) -> None:
        answering.answer(
            enquiry=held,
            version=held.version,
            body="Your permit S123456789 was approved.",
            language="en",
            tier=Tier.GENERAL,
            line_of_business=held.line_of_business,
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )

    with pytest.raises(answering.GatesClosed):
        answer(held)
    assert not held.messages.filter(direction=Direction.OUT).exists()

    answer(opened(held, by))

    assert held.messages.get(direction=Direction.OUT).is_case_specific
