"""What is restricted is read and answered by who is named for it, and stands in nobody's list of work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import copying, restricting
from comptoir.enquiries.models import Agent, Enquiry, State
from comptoir.enquiries.queries import work
from comptoir.people.models import Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    return agent()


def restrict(found: Enquiry, by: Agent) -> Enquiry:
    """Seen by this agent alone."""
    return restricting.restrict(
        enquiry=found, named=[by.person], by=person(Role.TEAM_LEAD), now=NOW
    )


def page_of(found: Enquiry) -> str:
    return reverse("enquiries:enquiry", args=[found.reference])


def test_who_is_named_reads_and_answers_it_once_it_is_opened(by: Agent) -> None:
    found = restrict(in_hand(by, enquiry()), by)
    client = sign_in(Client(), by.person)
    assert client.get(page_of(found)).status_code == 404

    restricting.open_to_read(enquiry=found, reason="It is mine.", by=by.person, now=NOW)

    answer = {
        "version": found.version,
        "body": "We have seen to it.",
        "language": "en",
        "line_of_business": found.line_of_business,
        "tier": "1",
        "do": "answer",
    }
    assert client.get(page_of(found)).status_code == 200
    assert client.post(page_of(found), answer).status_code == 302
    found.refresh_from_db()
    assert found.state == State.ANSWERED


def test_it_stands_in_no_list_of_work_even_of_who_has_it(by: Agent) -> None:
    found = in_hand(by, enquiry())
    assert [row.enquiry for row in work.of_agent(by.person, State.IN_HAND, NOW)] == [found]
    assert work.next_in_hand(by.person) == found

    restrict(found, by)

    assert work.of_agent(by.person, State.IN_HAND, NOW) == []
    assert work.next_in_hand(by.person) is None


def test_the_page_of_what_was_copied_from_it_does_not_name_it(by: Agent) -> None:
    found = in_hand(by, enquiry())
    made = copying.copy(
        enquiry=found, version=found.version, note="A second piece.", by=by.person, now=NOW
    )
    client = sign_in(Client(), by.person)
    assert found.reference in client.get(page_of(made)).content.decode()

    restrict(Enquiry.objects.get(pk=found.pk), by)

    assert found.reference not in client.get(page_of(made)).content.decode()


def test_the_page_of_a_main_one_shows_no_part_that_is_restricted(by: Agent) -> None:
    main, part = in_hand(by, enquiry()), enquiry(body="Gorblimey happened")
    part.state, part.joined_to = State.JOINED, main
    part.save()
    client = sign_in(Client(), by.person)
    assert "Gorblimey" in client.get(page_of(main)).content.decode()

    Enquiry.objects.filter(pk=part.pk).update(is_restricted=True)

    page = client.get(page_of(main)).content.decode()
    assert "Gorblimey" not in page
    assert part.reference not in page
