"""What was asked otherwise, beside an enquiry: by the same asker, and about the same case once it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.models import Agent, Enquiry, State, Tier
from comptoir.enquiries.queries import asked_before
from comptoir.people.models import Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
EMAIL, UCI = "known@clients.example", "12345678"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def client(by: Agent) -> Client:
    return sign_in(Client(), by.person)


def page(client: Client, found: Enquiry) -> Any:
    return client.get(reverse("enquiries:enquiry", args=[found.reference]))


def shown(client: Client, found: Enquiry) -> list[Enquiry]:
    listed: list[Enquiry] = page(client, found).context["before"].enquiries
    return listed


def answered(days: int, email: str = EMAIL, **about: Any) -> Enquiry:
    """Asked so many days ago, and answered."""
    found = enquiry(email=email, now=NOW - days * DAY, **about)
    Enquiry.objects.filter(pk=found.pk).update(
        state=State.ANSWERED, answered_at=NOW, tier=Tier.GENERAL
    )
    return found


def test_of_the_same_asker_stand_beside_it_answered_ones_too_the_latest_first(
    client: Client,
) -> None:
    older, newer = answered(40), answered(20)
    answered(20, email="other@clients.example")
    found = enquiry(email=EMAIL)

    assert shown(client, found) == [newer, older]
    html = page(client, found).content.decode()
    for words in (newer.reference, "October 27, 2026", "Answered", "Other enquiries"):
        assert words in html
    assert reverse("enquiries:enquiry", args=[newer.reference]) in html


def test_what_the_same_asker_waits_for_stands_once(client: Client) -> None:
    waits = enquiry(email=EMAIL, now=NOW - 20 * DAY)
    found = enquiry(email=EMAIL)

    response = page(client, found)
    assert [each.enquiry for each in response.context["also"]] == [waits]
    assert response.context["before"].enquiries == []


def test_of_the_same_case_stand_beside_it_once_both_gates_are_open(
    client: Client, by: Agent
) -> None:
    of_another = answered(20, email="other@clients.example", uci=UCI)
    found = in_hand(by, enquiry(email=EMAIL, uci=UCI))
    assert shown(client, found) == []

    opened(found, by)

    assert shown(client, found) == [of_another]


def test_what_is_restricted_is_absent_whoever_looks() -> None:
    hidden = answered(20)
    Enquiry.objects.filter(pk=hidden.pk).update(is_restricted=True)
    found = enquiry(email=EMAIL)
    hidden.named.create(person=(lead := person_with(Role.TEAM_LEAD)), named_by=lead, named_at=NOW)

    response = page(sign_in(Client(), lead), found)

    assert response.context["before"].enquiries == []
    assert hidden.reference not in response.content.decode()


def test_what_was_an_exercise_stands_beside_exercises_only(client: Client) -> None:
    line = open_crisis(is_drill=True, now=NOW).line
    real, others = answered(3), [answered(2), answered(1)]
    Enquiry.objects.filter(pk__in=[other.pk for other in others]).update(line=line)
    drilled = Enquiry.objects.get(pk=others[1].pk)

    assert shown(client, real) == []
    assert shown(client, drilled) == [others[0]]


def test_without_an_address_stands_nothing_of_others_without_one(client: Client) -> None:
    answered(20, email="")

    assert shown(client, enquiry(email="")) == []


def test_older_ones_than_the_last_few_are_only_spoken_of(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_before, "SHOWN", 2)
    third, second, first = answered(60), answered(40), answered(20)
    found = enquiry(email=EMAIL)

    assert shown(client, found) == [first, second]
    html = page(client, found).content.decode()
    assert third.reference not in html
    assert "There are older ones" in html
