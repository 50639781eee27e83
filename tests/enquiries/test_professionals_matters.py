"""A professional who answers for a matter: reads what was asked, closes it, and reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from comptoir.enquiries.actions import answering
from comptoir.enquiries.models import Enquiry, State
from comptoir.enquiries.queries import gates
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened, person
from tests.enquiries.test_referral_pages import as_, page
from tests.enquiries.test_referring import refer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def professional() -> Person:
    return person(Role.PROFESSIONAL)


def test_reads_what_was_asked_in_a_matter_handed_to_them_and_closes_it(
    professional: Person,
) -> None:
    made = refer(enquiry=enquiry(body="My removal is on Friday."), owner=professional)
    client = as_(professional)

    said = page(client, "referral", made.pk)
    assert "My removal is on Friday." in said
    assert reverse("enquiries:enquiry", args=[made.enquiry.reference]) not in said
    for typed in (
        {"do": "acknowledge"},
        {"do": "close", "outcome": "done", "result": "Put off."},
    ):
        client.post(reverse("enquiries:referral", args=[made.pk]), typed)

    made.refresh_from_db()
    assert (made.closed_by, made.result) == (professional, "Put off.")


def test_reads_what_was_answered_too_and_what_is_about_the_case_while_the_gates_are_open(
    professional: Person,
) -> None:
    by = agent()
    held = opened(in_hand(by, enquiry(application_number="C000111222")), by)
    held.refresh_from_db()
    for text, is_case_specific in (("A decision was made.", True), ("Write to us.", False)):
        held = answering.ask_back(
            enquiry=held,
            version=held.version,
            body=text,
            language="en",
            is_case_specific=is_case_specific,
            by=by.person,
            now=NOW,
        ).enquiry
    answering.note(enquiry=held, body="Ask Sam about this.", by=by.person, now=NOW)
    made = refer(enquiry=held, owner=professional)

    said = page(as_(professional), "referral", made.pk)
    assert "A decision was made." in said
    assert "Write to us." in said
    assert "Ask Sam about this." not in said
    with time_machine.travel(NOW + gates.HOLDS_FOR, tick=False):
        later = page(as_(professional), "referral", made.pk)
    assert "A decision was made." not in later
    assert "It is shown once both gates are open." in later
    assert "Write to us." in later


def test_reads_what_was_asked_in_a_part_unless_that_is_restricted(professional: Person) -> None:
    main = enquiry()
    for body in ("Open part.", "Restricted part."):
        Enquiry.objects.filter(pk=enquiry(body=body).pk).update(
            state=State.JOINED, joined_to=main, is_restricted=body.startswith("Restricted")
        )
    made = refer(enquiry=main, owner=professional)

    said = page(as_(professional), "referral", made.pk)

    assert "Open part." in said
    assert "Restricted part." not in said


def test_reads_no_other_matter_and_no_enquiry(professional: Person) -> None:
    refer(enquiry=enquiry(), owner=professional)
    other = refer(enquiry=enquiry())
    client = as_(professional)

    assert other.enquiry.reference not in page(client, "referrals")
    for name, argument in (
        ("referral", other.pk),
        ("restricted", other.enquiry.reference),
        ("enquiry", other.enquiry.reference),
    ):
        response = client.get(reverse(f"enquiries:{name}", args=[argument]))
        assert response.status_code in (403, 404), name


def test_is_among_those_to_whom_a_matter_may_be_handed(professional: Person) -> None:
    assert professional.name in page(as_(person()), "hand-on", enquiry().reference)
