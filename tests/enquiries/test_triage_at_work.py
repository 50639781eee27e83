"""Rules and crisis lines where people meet them: the agent's page, the public form, what is written later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import answering, changing, following, joining
from comptoir.enquiries.forms.working import TransferForm
from comptoir.enquiries.models import Agent, Enquiry, Line, Priority, State, Tier
from comptoir.ledger.models import Contact, Outcome
from comptoir.people.models import Role
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.crises import in_force, open_crisis, rule
from tests.enquiries.factories import NOW, agent, enquiry, in_hand
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

SAME = "same@clients.example"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    return agent()


def answer(found: Enquiry, by: Agent) -> None:
    answering.answer(
        enquiry=found,
        version=found.version,
        body="It is in progress.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=LineOfBusiness.FAMILY,
        is_case_specific=False,
        by=by.person,
        now=NOW + timedelta(hours=1),
    )


class TestTheAgentsPage:
    def page(self, found: Enquiry, by: Agent) -> str:
        response = sign_in(Client(), by.person).get(
            reverse("enquiries:enquiry", args=[found.reference])
        )
        return response.content.decode()

    def test_says_which_rule_put_it_there_and_where_to_put_it_elsewhere(self, by: Agent) -> None:
        in_force(rule())
        found = enquiry(body="Where is my refund?")

        page = self.page(found, by)

        assert "Why it is here" in page
        assert "Fees" in page
        assert reverse("enquiries:overrule", args=[found.reference]) in page

    def test_of_what_is_answered_nobody_puts_anything_elsewhere(self, by: Agent) -> None:
        found = in_hand(by, enquiry())
        answer(found, by)

        page = self.page(found, by)

        assert "Why it is here" in page
        assert reverse("enquiries:overrule", args=[found.reference]) not in page

    def test_has_a_way_out_for_what_is_not_about_the_crisis(self, by: Agent) -> None:
        crisis = open_crisis()
        by.lines.add(crisis.line)
        there = in_hand(by, enquiry(line=crisis.line))
        elsewhere = in_hand(by, enquiry())

        assert reverse("enquiries:unrelated", args=[there.reference]) in self.page(there, by)
        assert reverse("enquiries:unrelated", args=[elsewhere.reference]) not in self.page(
            elsewhere, by
        )


class TestThePublicForm:
    def page(self) -> str:
        return Client().get(reverse("enquiries:ask")).content.decode()

    def test_tells_of_a_crisis_line_and_its_keyword(self) -> None:
        open_crisis(keyword="FLOODS2026")

        assert "FLOODS2026" in self.page()

    def test_says_nothing_of_a_drill(self) -> None:
        open_crisis(keyword="FLOODS2026", is_drill=True)

        assert "FLOODS2026" not in self.page()


class TestWhatIsWrittenLater:
    def write(self, found: Enquiry, body: str) -> None:
        following.reply(enquiry=found, body=body, attempt=uuid4(), now=NOW + timedelta(hours=2))

    def test_may_make_it_more_urgent(self) -> None:
        in_force(rule())
        found = enquiry(body="Where does it stand?")

        self.write(found, "And where is my refund?")

        found.refresh_from_db()
        assert found.priority == Priority.HIGH

    def test_is_a_contact_of_its_own_that_the_next_answer_answers(self, by: Agent) -> None:
        found = in_hand(by, enquiry())
        answer(found, by)
        self.write(found, "One thing more.")

        newest = Contact.objects.order_by("received_at", "sequence").last()

        assert newest is not None
        assert (newest.outcome, newest.received_at) == (
            Outcome.RECEIVED,
            NOW + timedelta(hours=2),
        )


class TestADrill:
    def lines_offered(self, found: Enquiry) -> set[Line]:
        return set(TransferForm(enquiry=found, now=NOW).fields["to"].queryset)  # type: ignore[attr-defined]  # a choice among rows

    def test_is_offered_to_nothing_real_and_nothing_real_to_it(self) -> None:
        drill = open_crisis(is_drill=True).line
        real = open_crisis(keyword="STORM2026").line

        assert drill not in self.lines_offered(enquiry())
        assert real in self.lines_offered(enquiry())
        assert self.lines_offered(enquiry(line=drill)) == set()

    def test_is_joined_with_nothing_real(self, by: Agent) -> None:
        drill = open_crisis(is_drill=True).line
        by.lines.add(drill)
        main = in_hand(by, enquiry(email=SAME))
        part = in_hand(by, enquiry(email=SAME, line=drill, body="And this?"))

        with pytest.raises(changing.OfADrill):
            joining.join(enquiry=part, version=part.version, into=main, by=by.person, now=NOW)

        assert Enquiry.objects.get(pk=part.pk).state == State.IN_HAND

    def test_whoever_tries_is_told_so_beside_the_field(self, by: Agent) -> None:
        drill = open_crisis(is_drill=True).line
        by.lines.add(drill)
        main = in_hand(by, enquiry(email=SAME))
        part = in_hand(by, enquiry(email=SAME, line=drill, body="And this?"))

        response = sign_in(Client(), by.person).post(
            reverse("enquiries:join", args=[part.reference]),
            {"reference": main.reference, "version": part.version},
        )

        assert "belongs to a drill" in response.content.decode()


def test_what_was_joined_is_answered_in_the_ledger_too(by: Agent) -> None:
    main = in_hand(by, enquiry(email=SAME))
    part = in_hand(by, enquiry(email=SAME, body="And this?"))
    joining.join(enquiry=part, version=part.version, into=main, by=by.person, now=NOW)
    main.refresh_from_db()

    answer(main, by)

    answered = Contact.objects.filter(outcome=Outcome.ANSWERED)
    assert set(answered.values_list("source_id", flat=True)) == {main.reference, part.reference}


def test_a_privacy_officer_puts_nothing_elsewhere() -> None:
    officer = sign_in(Client(), person_with(Role.PRIVACY_OFFICER))

    response = officer.get(reverse("enquiries:overrule", args=[enquiry().reference]))

    assert response.status_code in (403, 404)
