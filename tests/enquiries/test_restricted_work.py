"""What is restricted is read and answered by who is named for it, and stands in nobody's list of work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import (
    changing,
    copying,
    gating,
    joining,
    restricting,
    tagging,
    taking,
)
from comptoir.enquiries.models import Agent, Capacity, Enquiry, GateOverride, State, Topic
from comptoir.enquiries.queries import work
from comptoir.people.models import Role
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand, person
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


CHANGING = re.compile(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9]{64}|E[A-Z0-9]{4}-[A-Z0-9]{4}")
"""What is another for each answer: the nonce of a page, the token of a form, the reference that was asked for."""


def page_of(found: Enquiry) -> str:
    return reverse("enquiries:enquiry", args=[found.reference])


def test_who_is_named_reads_and_answers_it_once_it_is_opened(by: Agent) -> None:
    found = restrict(in_hand(by, enquiry()), by)
    client = sign_in(Client(), by.person)
    asks_why = reverse("enquiries:restricted", args=[found.reference])
    assert client.get(page_of(found))["Location"] == asks_why

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


def everything(by: Agent) -> Enquiry:
    """One in hand that has all that a page could offer something for, and that only this agent may see."""
    about = {"email": "same@clients.example", "application_number": "C000111222"}
    topics = (Topic.STATUS, Topic.DOCUMENT, Topic.OTHER)
    found, part, _also = [in_hand(by, enquiry(topic=topic, **about)) for topic in topics]
    joining.join(enquiry=part, version=part.version, into=found, by=by.person, now=NOW)
    tag = tagging.add(name_en="Minister", name_fr="Ministre", by=by.person, now=NOW)
    tagging.put(enquiry=found, tag=tag, by=by.person, now=NOW)
    gating.authorize(
        enquiry=found,
        capacity=Capacity.SELF,
        applications=[],
        evidence="a form",
        starts_at=NOW,
        ends_at=None,
        by=by.person,
        now=NOW,
    )
    return opened(restrict(Enquiry.objects.get(pk=found.pk), by), by)


def opened(found: Enquiry, by: Agent) -> Enquiry:
    for each in [found, *found.joined.all()]:
        restricting.open_to_read(enquiry=each, reason="It is mine.", by=by.person, now=NOW)
    return found


def leads_to(page: str, found: Enquiry) -> set[str]:
    """Every address on a page that is about this enquiry, as somebody or a script would follow it."""
    addresses = re.findall(r'(?:href|action|hx-get|hx-post|data-left)="(/[^"#?]*)', page)
    return {unescape(each) for each in addresses if found.reference in each}


def test_a_page_offers_nothing_that_is_refused_to_who_has_opened_it(by: Agent) -> None:
    found = everything(by)
    client = sign_in(Client(), by.person)

    offered = set[str]()
    for each in (found, found.joined.get()):
        offered |= leads_to(client.get(page_of(each)).content.decode(), each)

    assert reverse("enquiries:here", args=[found.reference]) in offered
    assert reverse("enquiries:gate-authorize", args=[found.reference]) in offered
    refused = []
    for address in sorted(offered):
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
        if answer.status_code == 404:
            refused.append(address)
    assert refused == []


def test_one_on_hold_that_is_nobody_s_is_taken_by_who_is_named_and_still_waits_for_the_client(
    by: Agent,
) -> None:
    other = agent()
    held = in_hand(other, enquiry())
    ask_back(held, other)
    found = opened(restrict(Enquiry.objects.get(pk=held.pk), by), by)
    client = sign_in(Client(), by.person)
    take = reverse("enquiries:take-one", args=[found.reference])
    assert take in client.get(page_of(found)).content.decode()

    client.post(take, {"version": found.version})

    found.refresh_from_db()
    assert (found.state, found.assignee) == (State.ON_HOLD, by.person)
    assert found.clocks.running().get().pauses.get().ends_at is None
    assert "Take it" not in client.get(page_of(found)).content.decode()


def test_one_on_hold_that_a_colleague_has_is_not_taken(by: Agent) -> None:
    other = agent()
    held = in_hand(other, enquiry())
    ask_back(held, other)
    held.refresh_from_db()

    with pytest.raises(changing.NotInHand):
        taking.take_one(enquiry=held, version=held.version, by=by.person, now=NOW)


class TestASecondPerson:
    """Who is named for what is restricted, as the first is."""

    REASON = "Gorblimey happened"

    def asked(self, by: Agent) -> GateOverride:
        second = agent()
        found = restricting.restrict(
            enquiry=enquiry(application_number="C000111222"),
            named=[by.person, second.person],
            by=by.person,
            now=NOW,
        )
        return gating.ask_override(enquiry=found, reason=self.REASON, by=second.person, now=NOW)

    def test_sees_that_one_is_asked_and_why_once_it_is_opened(self, by: Agent) -> None:
        asked = self.asked(by)
        client = sign_in(Client(), by.person)
        overrides = reverse("enquiries:overrides")

        page = client.get(overrides).content.decode()
        assert reverse("enquiries:restricted", args=[asked.enquiry.reference]) in page
        assert self.REASON not in page
        answer = reverse("enquiries:override-answer", args=[asked.pk])
        assert client.post(answer, {"answer": "agree"}).status_code == 404

        opened(asked.enquiry, by)

        assert self.REASON in client.get(overrides).content.decode()
        assert client.post(answer, {"answer": "agree"}).status_code == 302
        asked.refresh_from_db()
        assert (asked.is_agreed, asked.answered_by) == (True, by.person)

    def test_is_nobody_who_is_not_named(self, by: Agent) -> None:
        asked = self.asked(by)
        client = sign_in(Client(), agent().person)

        assert (
            asked.enquiry.reference
            not in client.get(reverse("enquiries:overrides")).content.decode()
        )
        answer = reverse("enquiries:override-answer", args=[asked.pk])
        assert client.post(answer, {"answer": "agree"}).status_code == 404


class TestThePlainAddress:
    def test_leads_who_is_named_to_where_they_say_why(self, by: Agent) -> None:
        found = restrict(in_hand(by, enquiry()), by)

        answer = sign_in(Client(), by.person).get(page_of(found))

        assert (answer.status_code, answer["Location"]) == (
            302,
            reverse("enquiries:restricted", args=[found.reference]),
        )

    @pytest.mark.parametrize("role", [Role.PROFESSIONAL, Role.PRIVACY_OFFICER])
    def test_leads_who_reads_and_answers_nobody_there_before_and_after(self, role: Role) -> None:
        found, reader = enquiry(), person(role)
        restricting.restrict(enquiry=found, named=[reader], by=person(), now=NOW)
        client = sign_in(Client(), reader)
        asks_why = reverse("enquiries:restricted", args=[found.reference])
        assert client.get(page_of(found))["Location"] == asks_why

        restricting.open_to_read(enquiry=found, reason="My duty", by=reader, now=NOW)

        assert client.get(page_of(found))["Location"] == asks_why

    @pytest.mark.parametrize(
        "role", [Role.AGENT, Role.TEAM_LEAD, Role.PROFESSIONAL, Role.PRIVACY_OFFICER]
    )
    def test_answers_everybody_else_as_if_there_were_none(self, by: Agent, role: Role) -> None:
        found, client = restrict(enquiry(), by), sign_in(Client(), person(role))
        absent = reverse("enquiries:enquiry", args=["EABCD-2345"])

        answers = [client.get(page_of(found)), client.get(absent)]

        assert [answer.status_code for answer in answers] == [404, 404]
        said = [CHANGING.sub("", answer.content.decode()) for answer in answers]
        assert said[0] == said[1]

    def test_says_that_nothing_was_sent_once_the_half_hour_is_over(self, by: Agent) -> None:
        found = restrict(in_hand(by, enquiry()), by)

        answer = sign_in(Client(), by.person).post(page_of(found), {"note": "Hm"}, follow=True)

        assert "Nothing was sent" in answer.content.decode()
        assert not found.messages.filter(body="Hm").exists()
