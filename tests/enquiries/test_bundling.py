"""One answer for several, or for none of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import answering, bundling, changing
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Direction,
    Enquiry,
    Message,
    State,
    Tier,
    Topic,
)
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened
from tests.people.signing_in import sign_in
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

CASE: dict[str, Any] = {"email": "one@clients.example", "application_number": "C000111222"}


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def bundle(by: Agent) -> list[Enquiry]:
    """In hand, and another that waits."""
    return [
        in_hand(by, enquiry(**CASE, topic=Topic.STATUS)),
        enquiry(**CASE, topic=Topic.DOCUMENT),
    ]


def answer(
    by: Agent, *found: Enquiry, tiers: tuple[Tier, ...] = (Tier.GENERAL, Tier.GENERAL)
) -> None:
    parts = [
        bundling.Part(each, each.version, tier, LineOfBusiness.FAMILY)
        for each, tier in zip(found, tiers, strict=False)
    ]
    bundling.answer(
        parts=parts,
        body="Both are done.",
        language="en",
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )


def unnamed(email: str, number: str) -> Enquiry:
    asker = Asker(kind=AskerKind.REPRESENTATIVE, email=email, language="en")
    return enquiry(asker=asker, application_number=number)


class TestATrueBundle:
    def test_is_closed_by_one_answer_each_under_its_own_code(
        self, by: Agent, bundle: list[Enquiry]
    ) -> None:
        told = [opened(each, by) for each in bundle]
        answer(by, *told, tiers=(Tier.CASE, Tier.ACTION))

        closed = Enquiry.objects.order_by("pk")
        assert [each.state for each in closed] == [State.ANSWERED] * 2
        assert [each.wrap_up_code for each in closed] == ["012", "013"]
        sent = Message.objects.filter(direction=Direction.OUT)
        assert {text.body for text in sent} == {"Both are done."}
        assert sent.count() == 2

    def test_with_one_that_changed_is_not_answered_at_all(
        self, by: Agent, bundle: list[Enquiry]
    ) -> None:
        bundle[1].version -= 1

        with pytest.raises(changing.ChangedMeanwhile):
            answer(by, *bundle)
        assert not Message.objects.filter(direction=Direction.OUT).exists()

    def test_with_one_that_a_colleague_has_is_not_answered_at_all(
        self, by: Agent, bundle: list[Enquiry]
    ) -> None:
        bundle[1] = in_hand(agent(), bundle[1])

        with pytest.raises(changing.NotInHand):
            answer(by, *bundle)
        assert not Message.objects.filter(direction=Direction.OUT).exists()

    @pytest.mark.parametrize(
        "other",
        [
            {"email": "two@clients.example", "application_number": "C000111222"},
            {"email": "one@clients.example", "application_number": "C000333444"},
            {"email": "one@clients.example"},
        ],
    )
    def test_has_nobody_else_s_and_no_other_case(
        self, by: Agent, bundle: list[Enquiry], other: dict[str, Any]
    ) -> None:
        with pytest.raises(bundling.NoBundle):
            answer(by, bundle[0], enquiry(**other, topic=Topic.OTHER))
        assert not Message.objects.filter(direction=Direction.OUT).exists()


class TestARepresentativeWithoutAName:
    def test_who_writes_for_many_is_answered_nothing(self, by: Agent) -> None:
        held = in_hand(by, unnamed("r@agents.example", "C000111222"))
        unnamed("r@agents.example", "C000333444")

        with pytest.raises(answering.NoAction):
            answering.answer(
                enquiry=held,
                version=held.version,
                body="In progress.",
                language="en",
                tier=Tier.CASE,
                line_of_business=LineOfBusiness.FAMILY,
                is_case_specific=False,
                by=by.person,
                now=NOW,
            )
        assert not Message.objects.filter(direction=Direction.OUT).exists()

    def test_who_writes_for_one_is_answered(self, by: Agent) -> None:
        answer(by, in_hand(by, unnamed("r@agents.example", "C000111222")))

        assert Enquiry.objects.get().state == State.ANSWERED


class TestThePage:
    @pytest.fixture
    def client(self, by: Agent) -> Client:
        return sign_in(Client(), by.person)

    def page(self, found: Enquiry, name: str = "bundle") -> str:
        return reverse(f"enquiries:{name}", args=[found.reference])

    def test_says_of_each_why_it_is_answered_apart(
        self, client: Client, bundle: list[Enquiry]
    ) -> None:
        enquiry(email="one@clients.example", application_number="C000333444")

        text = client.get(self.page(bundle[0])).content.decode()

        assert "It is about another case, by its numbers: answer it apart." in text

    def test_is_offered_for_a_true_bundle_only(
        self, client: Client, bundle: list[Enquiry], by: Agent
    ) -> None:
        single = in_hand(by, enquiry(application_number="C000999888"))

        assert self.page(bundle[0]) in client.get(self.page(bundle[0], "enquiry")).content.decode()
        assert self.page(single) not in client.get(self.page(single, "enquiry")).content.decode()

    def test_answers_all_of_it(self, client: Client, bundle: list[Enquiry]) -> None:
        typed: dict[str, Any] = {"body": "Both are done.", "language": "en"}
        for each in bundle:
            typed |= {
                f"{each.pk}-together": "on",
                f"{each.pk}-tier": "1",
                f"{each.pk}-line_of_business": "family",
                f"{each.pk}-version": each.version,
            }

        response = client.post(self.page(bundle[0]), typed)

        assert response.status_code == 302
        assert set(Enquiry.objects.values_list("state", flat=True)) == {State.ANSWERED}

    def test_keeps_what_was_typed_when_one_changed(
        self, client: Client, bundle: list[Enquiry]
    ) -> None:
        typed: dict[str, Any] = {"body": "Both are done.", "language": "en"}
        for each in bundle:
            typed |= {
                f"{each.pk}-together": "on",
                f"{each.pk}-tier": "1",
                f"{each.pk}-line_of_business": "family",
                f"{each.pk}-version": 99,
            }

        response = client.post(self.page(bundle[0]), typed)

        assert response.status_code == 422
        assert response.context["form"]["body"].value() == "Both are done."
        assert "one of them changed" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_never_answer_one_twice() -> None:
    one = agent()
    held = in_hand(one, enquiry(application_number="C000111222"))

    def send() -> None:
        answer(one, held)

    rivals = [Rival(send) for _ in range(6)]
    outcomes = [rival.result() for rival in rivals]

    assert outcomes.count(None) == 1
    assert all(isinstance(o, changing.ChangedMeanwhile) for o in outcomes if o is not None)
    assert held.messages.filter(direction=Direction.OUT).count() == 1
