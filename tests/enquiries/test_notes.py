"""What agents note for one another: facts about a case wait behind its gates, like what was told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import answering, gating
from comptoir.enquiries.models import Agent, Capacity, Enquiry, Means, Message, Piece
from comptoir.enquiries.queries import gates
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NOTED = "Refused twice before."
SHOWN_LATER = "This text is about the case. It is shown once both gates are open."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def asked(by: Agent) -> Enquiry:
    """An enquiry about somebody's case, in the agent's hands."""
    return in_hand(by, enquiry(uci="12345678"))


def page_of(found: Enquiry) -> str:
    return reverse("enquiries:enquiry", args=[found.reference])


def note(found: Enquiry, by: Agent, **typed: Any) -> str:
    """Leave a note on the page; what it says then."""
    sent = {"do": "note", "note": NOTED, **typed}
    response = sign_in(Client(), by.person).post(page_of(found), sent, follow=True)
    return response.content.decode()


def read(found: Enquiry) -> str:
    """What a colleague reads."""
    return sign_in(Client(), agent().person).get(page_of(found)).content.decode()


def is_kept_back(message: Message) -> bool:
    found = message.enquiry
    return gates.facts(found, gates.verdict(found, NOW)).keeps_back(message)


def test_is_about_the_case_and_waits_until_both_gates_are_open(asked: Enquiry, by: Agent) -> None:
    said = note(asked, by)

    assert "Your note was added. It is shown once both gates are open." in said
    assert NOTED not in said
    words = read(asked)
    assert NOTED not in words
    assert SHOWN_LATER in words
    assert f"Note by {by.person.name}" in words

    opened(asked, by)
    assert NOTED in read(asked)


def test_waits_for_the_second_gate_too(asked: Enquiry, by: Agent) -> None:
    note(asked, by)
    gating.authorize(
        enquiry=asked,
        capacity=Capacity.SELF,
        applications=[],
        evidence="a form",
        starts_at=NOW,
        ends_at=None,
        by=by.person,
        now=NOW,
    )
    assert NOTED not in read(asked)

    pieces = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.UCI)
    gating.confirm(enquiry=asked, pieces=pieces, means=Means.CALLBACK, by=by.person, now=NOW)
    assert NOTED in read(asked)


def test_is_read_at_once_if_its_writer_says_that_it_is_not_about_the_case(
    asked: Enquiry, by: Agent
) -> None:
    said = note(asked, by, is_general="on")

    assert "Your note was added." in said
    assert "It is shown once" not in said
    assert NOTED in read(asked)


def test_is_read_where_nobody_says_whose_case_it_is_as_no_gate_ever_opens(by: Agent) -> None:
    nobodys = in_hand(by, enquiry())

    note(nobodys, by)

    assert NOTED in read(nobodys)


def test_is_read_at_once_if_it_is_why_something_was_done(asked: Enquiry, by: Agent) -> None:
    reason = answering.note(enquiry=asked, body="For the office line.", by=by.person, now=NOW)

    assert not is_kept_back(reason)


def test_of_a_part_waits_like_one_of_the_whole(asked: Enquiry, by: Agent) -> None:
    """On the page of the main enquiry the gates are that one's."""
    part = enquiry(uci="12345678")
    text = answering.note(enquiry=part, body="x", by=by.person, now=NOW, is_case_specific=True)

    assert is_kept_back(text)
    assert gates.facts(asked, gates.verdict(asked, NOW)).keeps_back(text)
