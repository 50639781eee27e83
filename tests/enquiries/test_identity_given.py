"""Who asks: what they gave, how they gave the rest, the one button for an applicant, and who answers beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.domain.gates import Closed, Open
from comptoir.enquiries.actions import gating
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Authorization,
    Capacity,
    Channel,
    Confirmation,
    Enquiry,
    GateOverride,
    Means,
    Piece,
    given,
)
from comptoir.enquiries.queries import gates
from comptoir.people.models import Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person, received
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

APPLICATION = "C000111222"
NAMED = {"applicant_name": "Sample Applicant", "applicant_born_on": date(1990, 2, 3)}
THREE = [Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.APPLICATION_NUMBER]
THE_BUTTON = "The asker is the applicant"


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


@pytest.fixture
def asked(by: Agent) -> Enquiry:
    """The applicant asks and gives the name and the date of birth with one number."""
    return in_hand(by, enquiry(application_number=APPLICATION, **NAMED))


@pytest.fixture
def sparse(by: Agent) -> Enquiry:
    """The applicant asks and gives one number only."""
    return in_hand(by, enquiry(application_number=APPLICATION))


def url(name: str, *args: object) -> str:
    return reverse(f"enquiries:{name}", args=args)


def page(client: Client, found: Enquiry) -> str:
    html = client.get(url("enquiry", found.reference)).content.decode()
    return re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.S)


def post(client: Client, found: Enquiry, pieces: list[Piece], means: str = "") -> Any:
    typed = {"pieces": [str(piece) for piece in pieces], "means": means}
    return client.post(url("gate-confirm", found.reference), typed)


def confirm(found: Enquiry, by: Agent, means: Means | None = None) -> None:
    gating.confirm(enquiry=found, pieces=THREE, means=means, by=by.person, now=NOW)


class TestAPiece:
    def test_shows_what_was_given_or_that_it_was_not(self, client: Client, sparse: Enquiry) -> None:
        shown = page(client, sparse)

        assert f"The asker gave: {APPLICATION}" in shown
        assert shown.count("Not given in the enquiry") == len(Piece) - 1

    def test_is_given_by_what_stands_in_the_enquiry(self, asked: Enquiry, sparse: Enquiry) -> None:
        assert given(asked) == frozenset(THREE)
        assert given(sparse) == frozenset([Piece.APPLICATION_NUMBER])

    def test_that_nobody_gave_is_not_confirmed_without_saying_how_it_was(
        self, client: Client, sparse: Enquiry
    ) -> None:
        response = post(client, sparse, THREE)

        assert response.status_code == 422
        (error,) = response.context["form"].errors["means"]
        assert "Full name, Date of birth" in error
        assert "Application number" not in error
        assert not Confirmation.objects.exists()

    def test_that_nobody_gave_is_confirmed_with_how_it_was_on_record(
        self, client: Client, sparse: Enquiry, by: Agent
    ) -> None:
        post(client, sparse, THREE, "callback")

        found = {each.piece: each.means for each in Confirmation.objects.all()}
        assert found == {
            Piece.FULL_NAME: Means.CALLBACK,
            Piece.DATE_OF_BIRTH: Means.CALLBACK,
            Piece.APPLICATION_NUMBER: "",
        }
        detail = Event.objects.get(action="gates.identity_confirmed").detail
        assert detail == {"fields": sorted(THREE), "means": "callback"}
        record = page(client, sparse).partition("What is on record")[2].partition("</details>")[0]
        assert record.count("By telephone: we called them back, ") == 2

    def test_that_was_given_needs_nothing_else(self, client: Client, asked: Enquiry) -> None:
        assert post(client, asked, THREE).status_code == 302
        assert not Confirmation.objects.exclude(means="").exists()
        assert "means" not in Event.objects.get(action="gates.identity_confirmed").detail

    @pytest.mark.parametrize("means", ["telepathy", "x" * 500])
    def test_is_not_given_in_a_way_that_we_do_not_know(
        self, client: Client, sparse: Enquiry, means: str
    ) -> None:
        assert post(client, sparse, THREE, means).status_code == 422
        assert not Confirmation.objects.exists()

    def test_is_refused_by_the_action_too(self, sparse: Enquiry, by: Agent) -> None:
        with pytest.raises(gating.NotGiven):
            confirm(sparse, by)


class TestTheButton:
    def test_opens_the_second_gate_of_an_applicant_who_is_known(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        assert THE_BUTTON not in page(client, asked)
        confirm(asked, by)
        assert THE_BUTTON in page(client, asked)

        response = client.post(url("gate-applicant", asked.reference), follow=True)

        assert "Both gates are open: the asker is the applicant." in response.content.decode()
        assert isinstance(gates.verdict(asked, NOW), Open)
        made = Authorization.objects.get()
        assert (made.capacity, made.recorded_by) == (Capacity.SELF, by.person)
        assert (made.starts_at, made.ends_at, made.applications) == (NOW, None, [])
        assert asked.reference in made.evidence
        assert THE_BUTTON not in page(client, asked)

    def test_is_not_there_for_who_wrote_a_mail_and_never_said_whether_it_is_about_them(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        Enquiry.objects.filter(pk=asked.pk).update(channel=Channel.EMAIL)
        confirm(asked, by)

        assert THE_BUTTON not in page(client, asked)
        client.post(url("gate-applicant", asked.reference))
        assert not Authorization.objects.exists()

    def test_says_that_the_gates_were_open_already_if_they_were(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        confirm(asked, by)
        gating.authorize_applicant(enquiry=asked, by=by.person, now=NOW)

        response = client.post(url("gate-applicant", asked.reference), follow=True)

        assert "nothing was recorded" in response.content.decode()

    def test_pressed_twice_records_once(self, client: Client, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)

        for _ in range(2):
            client.post(url("gate-applicant", asked.reference))

        assert Authorization.objects.count() == 1

    @pytest.mark.parametrize("missing", THREE)
    def test_does_nothing_before_it_is_known_who_asks(
        self, client: Client, asked: Enquiry, by: Agent, missing: Piece
    ) -> None:
        pieces = [piece for piece in THREE if piece != missing]
        gating.confirm(enquiry=asked, pieces=pieces, by=by.person, now=NOW)

        response = client.post(url("gate-applicant", asked.reference), follow=True)

        assert "confirm first who asks" in response.content.decode()
        assert not Authorization.objects.exists()

    def test_does_nothing_once_that_was_too_long_ago(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        later = NOW + gates.HOLDS_FOR

        with pytest.raises(gating.NotTheApplicant):
            gating.authorize_applicant(enquiry=asked, by=by.person, now=later)

    @pytest.mark.parametrize("kind", [AskerKind.REPRESENTATIVE, AskerKind.OFFICE])
    def test_is_not_for_who_asks_for_another(
        self, client: Client, asked: Enquiry, by: Agent, kind: AskerKind
    ) -> None:
        confirm(asked, by)
        Enquiry.objects.filter(pk=asked.pk).update(asker_kind=kind, office=OfficeFactory.create())

        client.post(url("gate-applicant", asked.reference))

        assert THE_BUTTON not in page(client, asked)
        assert not Authorization.objects.exists()

    def test_is_not_for_who_cannot_be_told_from_others(self, client: Client, by: Agent) -> None:
        nobody = Asker(kind=AskerKind.CLIENT, email="", language="en", name="Asker")
        made = received(asker=nobody, channel=Channel.TELEPHONE, application_number=APPLICATION)
        found = in_hand(by, made.enquiry)
        confirm(found, by, Means.CALL)

        assert THE_BUTTON not in page(client, found)
        client.post(url("gate-applicant", found.reference))
        assert not Authorization.objects.exists()

    def test_does_not_undo_a_withdrawal(self, client: Client, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        client.post(url("gate-applicant", asked.reference))
        gating.withdraw(authorization=Authorization.objects.get(), by=by.person, now=NOW)

        client.post(url("gate-applicant", asked.reference))

        assert THE_BUTTON not in page(client, asked)
        assert isinstance(gates.verdict(asked, NOW), Closed)

    def test_is_not_for_who_was_the_applicant_of_another_case(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        other = enquiry(email=asked.asker_email, application_number="C000999888")
        confirm(other, by, Means.CALL)
        client.post(url("gate-applicant", other.reference))
        confirm(asked, by)

        client.post(url("gate-applicant", asked.reference))

        assert THE_BUTTON not in page(client, asked)
        assert Authorization.objects.get().applicant == other.applicant_key


class TestASecondPersonBeside:
    @pytest.fixture
    def override(self, asked: Enquiry, by: Agent) -> GateOverride:
        reason = "The flight leaves tomorrow."
        return gating.ask_override(enquiry=asked, reason=reason, by=by.person, now=NOW)

    @pytest.mark.parametrize("role", [Role.AGENT, Role.TEAM_LEAD])
    @pytest.mark.parametrize(("answer", "opens"), [("agree", True), ("refuse", False)])
    def test_reads_why_and_answers_on_the_page_of_the_enquiry(
        self, override: GateOverride, role: Role, answer: str, opens: bool
    ) -> None:
        second = sign_in(Client(), person(role))
        shown = page(second, override.enquiry)
        assert "The flight leaves tomorrow." in shown
        assert f'action="{url("override-answer", override.pk)}"' in shown

        response = second.post(
            url("override-answer", override.pk), {"answer": answer, "beside": "yes"}
        )

        assert response["Location"] == url("enquiry", override.enquiry.reference)
        assert isinstance(gates.verdict(override.enquiry, NOW), Open) is opens
        assert url("override-answer", override.pk) not in page(second, override.enquiry)

    def test_is_never_the_first(self, client: Client, override: GateOverride) -> None:
        assert url("override-answer", override.pk) not in page(client, override.enquiry)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_press_at_once_one_records_it() -> None:
    by = agent()
    found = in_hand(by, enquiry(application_number=APPLICATION, **NAMED))
    confirm(found, by)

    rivals = [
        Rival(partial(gating.authorize_applicant, enquiry=found, by=by.person, now=NOW))
        for _ in range(8)
    ]

    made = [rival.result() for rival in rivals]
    assert sum(isinstance(one, Authorization) for one in made) == 1
    assert [one for one in made if not isinstance(one, Authorization)] == [None] * 7
    assert Authorization.objects.count() == 1
