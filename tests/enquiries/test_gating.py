"""The two gates: nothing about a case is told before both are open, and what was told is on record."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comptoir.audit.models import Event, Verb
from comptoir.domain.gates import Closed, Open, Reason
from comptoir.enquiries.actions import answering, gating, texting
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Authorization,
    Capacity,
    Direction,
    Enquiry,
    GateOverride,
    Means,
    Piece,
    State,
    TextKind,
    Tier,
)
from comptoir.enquiries.queries import gates
from comptoir.people.models import Grant, Office, Role
from tests.enquiries.factories import NOW, agent, in_hand, opened, person, received
from tests.people.factories import OfficeFactory, person_with
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

APPLICATION = "C000111222"
OTHER_APPLICATION = "C000111333"
THREE = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.APPLICATION_NUMBER)
DAY = timedelta(days=1)


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def asked(by: Agent) -> Enquiry:
    """An enquiry of the applicant themself, in the agent's hands."""
    return in_hand(by, received(application_number=APPLICATION).enquiry)


def confirm(enquiry: Enquiry, by: Agent, pieces: tuple[Piece, ...] = THREE) -> None:
    gating.confirm(enquiry=enquiry, pieces=pieces, means=Means.CALLBACK, by=by.person, now=NOW)


def authorize(enquiry: Enquiry, by: Agent, **changes: Any) -> Authorization:
    values: dict[str, Any] = {
        "capacity": Capacity.SELF,
        "applications": [],
        "evidence": "form of 2 November",
        "starts_at": NOW - DAY,
        "ends_at": None,
        **changes,
    }
    return gating.authorize(enquiry=enquiry, by=by.person, now=NOW, **values)


def tell(enquiry: Enquiry, by: Agent, **changes: Any) -> None:
    values: dict[str, Any] = {"is_case_specific": True, "texts": (), **changes}
    answering.answer(
        enquiry=enquiry,
        version=enquiry.version,
        body="A decision was made.",
        language="en",
        tier=Tier.CASE if values["is_case_specific"] else Tier.GENERAL,
        line_of_business=enquiry.line_of_business,
        by=by.person,
        now=NOW,
        **values,
    )


def ask_back(enquiry: Enquiry, by: Agent) -> None:
    answering.ask_back(
        enquiry=enquiry,
        version=enquiry.version,
        body="Is your new passport the one that was refused?",
        language="en",
        is_case_specific=True,
        by=by.person,
        now=NOW,
    )


def of_office(office: Office, email: str) -> Enquiry:
    """What somebody at this address asks, who says to be the office."""
    asker = Asker(kind=AskerKind.OFFICE, email=email, language="en", office=office)
    return received(application_number=APPLICATION, asker=asker).enquiry


def reasons(enquiry: Enquiry) -> tuple[Reason, ...]:
    verdict = gates.verdict(enquiry, NOW)
    assert isinstance(verdict, Closed)
    return verdict.reasons


class TestUntilBothAreOpen:
    def test_what_is_about_a_case_is_not_told_and_nothing_changes(
        self, asked: Enquiry, by: Agent
    ) -> None:
        with pytest.raises(answering.GatesClosed) as refusal:
            tell(asked, by)

        assert refusal.value.reasons == (Reason.IDENTITY_NOT_CHECKED, Reason.NOT_AUTHORIZED)
        asked.refresh_from_db()
        assert asked.state == State.IN_HAND
        assert not asked.messages.filter(direction=Direction.OUT).exists()
        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()

    def test_what_is_general_is_told_to_anybody(self, asked: Enquiry, by: Agent) -> None:
        tell(asked, by, is_case_specific=False)

        assert asked.messages.get(direction=Direction.OUT).is_case_specific is False
        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()

    @pytest.mark.parametrize("missing", THREE)
    def test_each_piece_of_the_identity_is_needed(
        self, missing: Piece, asked: Enquiry, by: Agent
    ) -> None:
        authorize(asked, by)

        confirm(asked, by, tuple(piece for piece in THREE if piece != missing))

        assert len(reasons(asked)) == 1

    def test_identity_alone_is_not_enough(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)

        assert reasons(asked) == (Reason.NOT_AUTHORIZED,)

    def test_authorization_alone_is_not_enough(self, asked: Enquiry, by: Agent) -> None:
        authorize(asked, by)

        assert reasons(asked) == (Reason.IDENTITY_NOT_CHECKED,)

    def test_a_text_about_a_case_is_refused_whatever_the_box_says(
        self, asked: Enquiry, by: Agent
    ) -> None:
        words = Wording(title_en="A", title_fr="A", body_en="Decided.", body_fr="Décidé.")
        writer, second = person(Role.TEAM_LEAD), person(Role.TEAM_LEAD)
        version = texting.start(
            code="decided",
            kind=TextKind.REPLY,
            words=words,
            by=writer,
            now=NOW,
            is_case_specific=True,
        )
        version = texting.approve(version=version, by=second, now=NOW)

        with pytest.raises(answering.GatesClosed):
            tell(asked, by, is_case_specific=False, texts=[version])

    def test_a_question_about_a_case_is_not_asked_either(self, asked: Enquiry, by: Agent) -> None:
        with pytest.raises(answering.GatesClosed):
            ask_back(asked, by)

        asked.refresh_from_db()
        assert asked.state == State.IN_HAND
        assert not asked.messages.filter(direction=Direction.OUT).exists()


class TestOnceBothAreOpen:
    def test_a_question_about_a_case_is_asked_and_on_the_trail(
        self, asked: Enquiry, by: Agent
    ) -> None:
        opened(asked, by)

        ask_back(asked, by)

        assert asked.messages.get(direction=Direction.OUT).is_case_specific
        assert Event.objects.filter(verb=Verb.DISCLOSED).count() == 1

    def test_it_is_told_and_the_basis_is_on_the_trail(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by, capacity=Capacity.REPRESENTATIVE)

        tell(asked, by)

        event = Event.objects.get(verb=Verb.DISCLOSED)
        assert (event.object_id, event.detail) == (str(asked.pk), {"basis": "representative"})

    def test_they_close_when_the_authorization_is_withdrawn(
        self, asked: Enquiry, by: Agent
    ) -> None:
        confirm(asked, by)
        authorization = authorize(asked, by)
        assert isinstance(gates.verdict(asked, NOW), Open)

        gating.withdraw(authorization=authorization, by=by.person, now=NOW)

        assert reasons(asked) == (Reason.WITHDRAWN,)
        with pytest.raises(gating.WithdrawnAlready):
            gating.withdraw(authorization=authorization, by=by.person, now=NOW)

    def test_they_close_when_it_is_over(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by, ends_at=NOW + DAY)

        assert isinstance(gates.verdict(asked, NOW + DAY - timedelta(seconds=1)), Open)
        assert isinstance(gates.verdict(asked, NOW + DAY), Closed)

    def test_a_confirmation_grows_old(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by)

        assert isinstance(gates.verdict(asked, NOW + gates.HOLDS_FOR), Closed)


class TestAnAuthorization:
    def test_holds_for_what_the_same_asker_asks_later_about_the_same_applicant(
        self, asked: Enquiry, by: Agent
    ) -> None:
        authorize(asked, by)
        later = received(application_number=APPLICATION, topic="document").enquiry
        confirm(later, by)

        assert isinstance(gates.verdict(later, NOW), Open)

    def test_says_nothing_about_another_applicant(self, asked: Enquiry, by: Agent) -> None:
        authorize(asked, by)
        other = received(application_number=OTHER_APPLICATION).enquiry
        confirm(other, by)

        assert reasons(other) == (Reason.OTHER_APPLICANT,)

    def test_says_nothing_to_another_asker(self, asked: Enquiry, by: Agent) -> None:
        authorize(asked, by)
        other = received(application_number=APPLICATION, email="other@clients.example").enquiry
        confirm(other, by)

        assert reasons(other) == (Reason.NOT_AUTHORIZED,)

    def test_of_an_office_is_its_office_s_whoever_of_it_writes(self, by: Agent) -> None:
        office = OfficeFactory.create()
        one, two = (
            of_office(office, person_with(role, office=office).email)
            for role in (Role.DELEGATE, Role.OFFICE_MANAGER)
        )
        authorize(one, by, capacity=Capacity.OFFICE_CONSENT)
        confirm(two, by)

        assert isinstance(gates.verdict(two, NOW), Open)

    def test_of_an_office_is_not_theirs_who_only_say_to_be_of_it(self, by: Agent) -> None:
        """Nor of those who act for another office, or for this one no more."""
        office = OfficeFactory.create()
        delegate = person_with(Role.DELEGATE, office=office)
        authorize(of_office(office, delegate.email), by, capacity=Capacity.OFFICE_CONSENT)
        others = ["claims@strangers.example", person_with(Role.DELEGATE).email]
        later = [of_office(office, email) for email in (*others, delegate.email)]
        Grant.objects.filter(person=delegate).update(ends_at=NOW)

        for found in later:
            confirm(found, by)
            assert reasons(found) == (Reason.NOT_AUTHORIZED,)

    def test_recorded_for_who_only_says_to_be_an_office_is_of_their_address_alone(
        self, by: Agent
    ) -> None:
        office = OfficeFactory.create()
        claimed = of_office(office, "claims@strangers.example")

        recorded = authorize(claimed, by, capacity=Capacity.REPRESENTATIVE)

        assert (recorded.office, recorded.asker_email) == (None, "claims@strangers.example")
        theirs = of_office(office, person_with(Role.DELEGATE, office=office).email)
        confirm(theirs, by)
        assert reasons(theirs) == (Reason.NOT_AUTHORIZED,)

    def test_covers_only_the_applications_it_names(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by, applications=[OTHER_APPLICATION])

        assert reasons(asked) == (Reason.OUT_OF_SCOPE,)

    def test_of_a_sponsor_opens_no_case(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by, capacity=Capacity.SPONSOR)

        assert reasons(asked) == (Reason.SPONSOR,)

    @pytest.mark.parametrize("capacity", [Capacity.CUSTODIAN, Capacity.RELAY_OPERATOR])
    def test_of_some_kinds_needs_an_end(
        self, capacity: Capacity, asked: Enquiry, by: Agent
    ) -> None:
        with pytest.raises(gating.NeedsAnEnd):
            authorize(asked, by, capacity=capacity)

    def test_does_not_end_before_it_starts(self, asked: Enquiry, by: Agent) -> None:
        with pytest.raises(gating.EndsBeforeItStarts):
            authorize(asked, by, ends_at=NOW - DAY)

    def test_needs_an_applicant(self, by: Agent) -> None:
        with pytest.raises(gating.NoApplicant):
            authorize(received().enquiry, by)


class TestAnOverride:
    def ask(self, enquiry: Enquiry, by: Agent) -> GateOverride:
        return gating.ask_override(enquiry=enquiry, reason="A flight today.", by=by.person, now=NOW)

    def test_opens_once_a_second_person_agrees(self, asked: Enquiry, by: Agent) -> None:
        override = self.ask(asked, by)
        assert isinstance(gates.verdict(asked, NOW), Closed)

        gating.answer_override(
            override=override, is_agreed=True, by=person(Role.TEAM_LEAD), now=NOW
        )

        tell(asked, by)
        assert Event.objects.get(verb=Verb.DISCLOSED).detail == {"basis": "override"}

    def test_refused_leaves_them_closed(self, asked: Enquiry, by: Agent) -> None:
        override = self.ask(asked, by)

        gating.answer_override(override=override, is_agreed=False, by=person(), now=NOW)

        assert isinstance(gates.verdict(asked, NOW), Closed)
        with pytest.raises(gating.AnsweredAlready):
            gating.answer_override(override=override, is_agreed=True, by=person(), now=NOW)

    def test_is_not_agreed_to_by_who_asked(self, asked: Enquiry, by: Agent) -> None:
        with pytest.raises(gating.OwnRequest):
            gating.answer_override(
                override=self.ask(asked, by), is_agreed=True, by=by.person, now=NOW
            )

    def test_cannot_be_written_down_with_one_person(self, asked: Enquiry, by: Agent) -> None:
        override = self.ask(asked, by)
        override.answered_by, override.answered_at = by.person, NOW

        with pytest.raises(IntegrityError), transaction.atomic():
            override.save()

    def test_is_asked_for_once_at_a_time(self, asked: Enquiry, by: Agent) -> None:
        self.ask(asked, by)

        with pytest.raises(gating.AskedAlready):
            self.ask(asked, by)


class TestTheApplicant:
    def test_goes_by_number_else_by_name_and_birth(self) -> None:
        named: dict[str, Any] = {
            "applicant_name": "Zoé Exemple",
            "applicant_born_on": date(1990, 1, 2),
        }
        by_name = received(**named).enquiry.applicant_key

        assert received(uci="12345678", **named).enquiry.applicant_key == "12345678"
        assert received(application_number=APPLICATION).enquiry.applicant_key == APPLICATION
        assert (
            by_name == received(**(named | {"applicant_name": "ZOE EXEMPLE"})).enquiry.applicant_key
        )
        assert received(applicant_name="Zoé Exemple").enquiry.applicant_key == ""


@pytest.mark.django_db(transaction=True)
def test_two_second_persons_at_once_answer_once() -> None:
    by = agent()
    found = in_hand(by, received(application_number=APPLICATION).enquiry)
    override = gating.ask_override(enquiry=found, reason="A flight.", by=by.person, now=NOW)
    seconds = [person(), person()]

    agree = partial(gating.answer_override, override=override, is_agreed=True, now=NOW)
    rivals = [Rival(partial(agree, by=one)) for one in seconds]

    results = [rival.result() for rival in rivals]
    assert sum(isinstance(result, gating.AnsweredAlready) for result in results) == 1
