"""The gates before the screen: why they are closed, what opens them, and the second person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from comptoir.domain.gates import Open, Reason
from comptoir.enquiries.actions import answering, gating
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.forms.gates import AuthorizationForm, capacities
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Authorization,
    Capacity,
    Channel,
    Confirmation,
    Enquiry,
    GateOverride,
    Message,
    Piece,
    Tier,
)
from comptoir.enquiries.queries import gate_page, gate_words, gates
from comptoir.enquiries.views.gates import SENTENCES
from comptoir.people.models import Chamber, Office, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person, received
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

APPLICATION = "C000111222"
DAY = timedelta(days=1)
THREE = ["full_name", "date_of_birth", "application_number"]
FORM = {"capacity": "self", "evidence": "IMM 5475 of 2 November", "first_on": "2026-11-16"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by() -> Agent:
    return agent(person=person(Role.AGENT, name="Alex Answers"))


@pytest.fixture
def client(by: Agent) -> Client:
    return sign_in(Client(), by.person)


@pytest.fixture
def asked(by: Agent) -> Enquiry:
    """An enquiry that names its applicant, in the agent's hands."""
    about = {
        "applicant_name": "Sample Applicant",
        "applicant_born_on": date(1990, 2, 3),
        "uci": "1234567890",
        "application_number": APPLICATION,
    }
    return in_hand(by, enquiry(**about))


def url(name: str, *args: object) -> str:
    return reverse(f"enquiries:{name}", args=args)


def said(page: str | Any) -> str:
    html = page if isinstance(page, str) else page.content.decode()
    text = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def part(found: Enquiry) -> str:
    """The part of an enquiry's page about its gates."""
    context = {"gates": gate_page.shown(found, NOW), "enquiry": found, "pieces_form": ""}
    return said(render_to_string("enquiries/parts/gates.html", context))


def authorize(found: Enquiry, by: Agent, **changes: Any) -> Authorization:
    values: dict[str, Any] = {
        "capacity": Capacity.SELF,
        "applications": [],
        "evidence": "form of 2 November",
        "starts_at": NOW - DAY,
        "ends_at": None,
        **changes,
    }
    return gating.authorize(enquiry=found, by=by.person, now=NOW, **values)


def confirm(found: Enquiry, by: Agent) -> None:
    pieces = [Piece(piece) for piece in THREE]
    gating.confirm(enquiry=found, pieces=pieces, by=by.person, now=NOW)


def ask(found: Enquiry, by: Agent) -> GateOverride:
    reason = "The flight leaves tomorrow."
    return gating.ask_override(enquiry=found, reason=reason, by=by.person, now=NOW)


def told(found: Enquiry, by: Agent) -> Message:
    """An answer about the case, sent while the gates were open."""
    confirm(found, by)
    authorize(found, by)
    return answering.answer(
        enquiry=found,
        version=found.version,
        body="A decision was made.",
        language="en",
        tier=Tier.CASE,
        line_of_business=found.line_of_business,
        is_case_specific=True,
        by=by.person,
        now=NOW,
    )


class TestThePartOfThePage:
    def test_says_why_the_gates_are_closed_and_what_to_do(self, asked: Enquiry) -> None:
        words = part(asked)

        assert "Nobody has checked who asks. Compare what the asker gave with the record" in words
        assert "It is not on record that the asker may be told about anybody." in words
        assert "Answer in general terms only" in words

    def test_says_by_what_they_stand_open(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        authorize(asked, by)

        words = part(asked)

        assert "Both gates are open. Basis: The applicant." in words
        assert "Ask a second person" not in words

    def test_of_an_enquiry_about_nobody_says_so_and_offers_nothing_to_open(self, by: Agent) -> None:
        found = in_hand(by, enquiry())

        words = part(found)

        assert "The enquiry does not say whose case it is about." in words
        assert "Record an authorization" not in words

    def test_lists_what_is_on_record_with_who_recorded_it(self, asked: Enquiry, by: Agent) -> None:
        confirm(asked, by)
        granted = authorize(asked, by, applications=[APPLICATION])
        gating.withdraw(authorization=granted, by=by.person, now=NOW)

        words = part(asked)

        assert "Full name Alex Answers" in words
        assert f"form of 2 November {APPLICATION}" in words
        assert "Withdrawn by Alex Answers" in words

    def test_names_nobody_else_who_may_be_told(self, asked: Enquiry, by: Agent) -> None:
        another = enquiry(application_number=APPLICATION, uci="1234567890")
        authorize(another, by, evidence="form of somebody else")
        confirm(asked, by)

        assert "form of somebody else" not in part(asked)

    def test_says_that_a_second_person_was_asked_and_what_they_answered(
        self, asked: Enquiry, by: Agent
    ) -> None:
        override = ask(asked, by)
        assert "Alex Answers asked a second person" in part(asked)

        second = person(Role.TEAM_LEAD, name="Sam Second")
        gating.answer_override(override=override, is_agreed=False, by=second, now=NOW)

        assert "Sam Second refused to open them" in part(asked)

    def test_takes_a_fixed_number_of_queries(
        self, asked: Enquiry, by: Agent, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(5):
            confirm(asked, by)
            authorize(asked, by)

        found = Enquiry.objects.get(pk=asked.pk)
        with django_assert_num_queries(6):
            gate_page.shown(found, NOW)

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_has_a_sentence_and_a_next_step_for_every_reason(self, language: str) -> None:
        with translation.override(language):
            for reason in Reason:
                (found,) = gate_words.because((reason,))
                assert str(found.sentence).strip()
                assert str(found.next_step).strip()

    def test_has_a_sentence_for_everything_that_can_be_refused(self) -> None:
        refusals = gating.CannotOpen.__subclasses__()

        assert refusals
        assert set(SENTENCES) == set(refusals)
        assert all(str(sentence).strip() for sentence in SENTENCES.values())


class TestWhatIsShownOfTheCase:
    def test_is_numbers_by_their_last_digits_until_the_gates_are_open(
        self, asked: Enquiry, by: Agent
    ) -> None:
        closed = gates.facts(asked, gates.verdict(asked, NOW))
        assert (closed.uci, closed.application_number) == ("•••••••890", "•••••••222")

        confirm(asked, by)
        authorize(asked, by)

        opened = gates.facts(asked, gates.verdict(asked, NOW))
        assert (opened.uci, opened.application_number) == ("1234567890", APPLICATION)

    def test_keeps_back_what_the_centre_told_and_never_what_the_asker_wrote(
        self, asked: Enquiry, by: Agent, clock: time_machine.Traveller
    ) -> None:
        answer = told(asked, by)
        question = asked.messages.exclude(pk=answer.pk).get()
        assert not gates.facts(asked, gates.verdict(asked, NOW)).keeps_back(answer)

        later = NOW + gates.HOLDS_FOR
        case = gates.facts(asked, gates.verdict(asked, later))

        assert case.keeps_back(answer)
        assert not case.keeps_back(question)

    def test_shows_general_answers_all_the_time(self, asked: Enquiry, by: Agent) -> None:
        note = answering.note(enquiry=asked, body="Moved here.", by=by.person, now=NOW)
        general = Message(enquiry=asked, direction="out", is_case_specific=False)

        case = gates.facts(asked, gates.verdict(asked, NOW))

        assert not case.keeps_back(note)
        assert not case.keeps_back(general)


class TestConfirming:
    def test_shows_what_the_asker_gave_to_compare_it_with_the_record(
        self, client: Client, asked: Enquiry
    ) -> None:
        page = client.get(url("gate-confirm", asked.reference)).content.decode()

        assert "The asker gave: Sample Applicant" in page
        assert "The asker gave: 12-3456-7890" in page
        assert f"The asker gave: {APPLICATION}" in page

    def test_records_each_piece_and_goes_back(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        response = client.post(url("gate-confirm", asked.reference), {"pieces": THREE})

        assert response["Location"] == url("enquiry", asked.reference)
        found = Confirmation.objects.filter(enquiry=asked, by=by.person)
        assert sorted(each.piece for each in found) == sorted(THREE)

    @pytest.mark.parametrize("pieces", [[""], ["shoe_size"]])
    def test_of_nothing_we_know_records_nothing(
        self, pieces: list[str], client: Client, asked: Enquiry
    ) -> None:
        response = client.post(url("gate-confirm", asked.reference), {"pieces": pieces})

        assert response.status_code == 422
        assert response.context["form"].errors["pieces"]
        assert not Confirmation.objects.exists()

    def test_of_nobody_says_whom_to_ask(self, client: Client, by: Agent) -> None:
        found = in_hand(by, enquiry())

        response = client.post(url("gate-confirm", found.reference), {"pieces": THREE})

        assert response.status_code == 422
        assert "does not say whose case it is about. Ask the client first." in said(response)


class TestRecordingAnAuthorization:
    def test_goes_back_and_opens_the_gate_for_an_identified_asker(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        confirm(asked, by)

        response = client.post(url("gate-authorize", asked.reference), FORM)

        assert response["Location"] == url("enquiry", asked.reference)
        assert isinstance(gates.verdict(asked, NOW), Open)

    def test_holds_from_the_first_moment_of_a_day_to_the_end_of_another(
        self, client: Client, asked: Enquiry
    ) -> None:
        typed = {**FORM, "capacity": "custodian", "last_on": "2026-11-20"}

        client.post(url("gate-authorize", asked.reference), typed)

        found = Authorization.objects.get()
        assert found.starts_at == datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
        assert found.ends_at == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)

    def test_names_its_applications_in_one_form(self, client: Client, asked: Enquiry) -> None:
        typed = {**FORM, "applications": "c000 111 222, C000-111-333"}

        client.post(url("gate-authorize", asked.reference), typed)

        assert Authorization.objects.get().applications == ["C000111222", "C000111333"]

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"capacity": ""}, "capacity", "Say in which capacity they ask."),
            ({"evidence": ""}, "evidence", "without a form nothing is recorded"),
            ({"first_on": ""}, "first_on", "Give the first day."),
            ({"first_on": "2099-01-01"}, "first_on", "within five years"),
            ({"last_on": "9999-12-31"}, "last_on", "within five years"),
            ({"last_on": "2026-11-15"}, "last_on", "before the first"),
            ({"capacity": "custodian"}, "last_on", "there is always a last day"),
            ({"capacity": "relay_operator"}, "last_on", "there is always a last day"),
            ({"applications": "12"}, "applications", "a letter and nine digits"),
        ],
    )
    def test_that_lacks_something_is_said_at_its_field(
        self, changes: dict[str, str], field: str, sentence: str, client: Client, asked: Enquiry
    ) -> None:
        response = client.post(url("gate-authorize", asked.reference), {**FORM, **changes})

        assert response.status_code == 422
        errors = response.context["form"].errors
        assert list(errors) == [field]
        assert sentence in errors[field][0]
        assert not Authorization.objects.exists()

    def test_needs_somebody_who_can_be_told_from_others(self, client: Client, by: Agent) -> None:
        nobody = Asker(kind=AskerKind.CLIENT, email="", language="en", name="Asker")
        made = received(asker=nobody, channel=Channel.TELEPHONE, application_number=APPLICATION)
        found = in_hand(by, made.enquiry)

        response = client.post(url("gate-authorize", found.reference), FORM)

        assert response.status_code == 422
        assert "left no e-mail address" in said(response)
        assert not Authorization.objects.exists()

    @pytest.mark.parametrize(
        ("chamber", "offered"),
        [
            (Chamber.COMMONS, [Capacity.OFFICE_CONSENT, Capacity.MEMBER]),
            (Chamber.SENATE, [Capacity.OFFICE_CONSENT]),
        ],
    )
    def test_of_an_office_is_by_consent_or_for_a_member(
        self, chamber: Chamber, offered: list[Capacity]
    ) -> None:
        office = OfficeFactory.build(chamber=chamber)

        assert capacities(Enquiry(office=office)) == offered

    def test_of_anybody_else_is_never_that_of_an_office(
        self, client: Client, asked: Enquiry
    ) -> None:
        response = client.post(
            url("gate-authorize", asked.reference), {**FORM, "capacity": "member"}
        )

        assert response.status_code == 422
        assert not Authorization.objects.exists()

    def test_begins_today_unless_somebody_says_otherwise(self, asked: Enquiry) -> None:
        form = AuthorizationForm(enquiry=asked, today=date(2026, 11, 16))

        assert form.initial == {"first_on": date(2026, 11, 16)}


class TestAnOffice:
    def shown(self, client: Client, office: Office, email: str) -> str:
        asker = Asker(kind=AskerKind.OFFICE, email=email, language="en", office=office)
        found = received(asker=asker, application_number=APPLICATION).enquiry
        return said(client.get(url("enquiry", found.reference)))

    def test_is_named_as_such_if_its_staff_write(self, client: Client) -> None:
        office = OfficeFactory.create()

        page = self.shown(client, office, person(Role.DELEGATE, office=office).email)

        assert f"Office {office.legislator}" in page
        assert "Says to be" not in page

    def test_that_somebody_else_names_is_what_they_say(self, client: Client) -> None:
        office = OfficeFactory.create()

        page = self.shown(client, office, "claims@strangers.example")

        assert f"Office Says to be the office of {office.legislator}." in page


class TestWithdrawing:
    def test_is_asked_once_and_closes_the_gate(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        confirm(asked, by)
        granted = authorize(asked, by)
        page = url("gate-withdraw", asked.reference, granted.pk)
        assert "cannot be brought back" in said(client.get(page))
        assert isinstance(gates.verdict(asked, NOW), Open)

        response = client.post(page)

        assert response["Location"] == url("enquiry", asked.reference)
        assert not isinstance(gates.verdict(asked, NOW), Open)

    def test_twice_says_so(self, client: Client, asked: Enquiry, by: Agent) -> None:
        page = url("gate-withdraw", asked.reference, authorize(asked, by).pk)
        client.post(page)

        response = client.post(page)

        assert response.status_code == 422
        assert "It was withdrawn already" in said(response)

    def test_of_another_askers_authorization_does_not_exist(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        another = enquiry(application_number=APPLICATION, uci="1234567890")
        theirs = authorize(another, by)

        assert client.post(url("gate-withdraw", asked.reference, theirs.pk)).status_code == 404
        theirs.refresh_from_db()
        assert theirs.withdrawn_at is None

    def test_of_what_concerns_another_applicant_does_not_exist(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        other = enquiry(email=asked.asker_email, application_number="C000999888")
        theirs = authorize(other, by)

        assert client.get(url("gate-withdraw", asked.reference, theirs.pk)).status_code == 404


class TestASecondPerson:
    def test_is_asked_with_a_reason(self, client: Client, asked: Enquiry, by: Agent) -> None:
        page = url("gate-override", asked.reference)
        assert "Say why: the second person decides by it." in said(
            client.post(page, {"reason": " "})
        )

        client.post(page, {"reason": "The flight leaves tomorrow."})

        found = GateOverride.objects.get()
        assert (found.reason, found.asked_by) == ("The flight leaves tomorrow.", by.person)

    def test_is_asked_once_at_a_time(self, client: Client, asked: Enquiry, by: Agent) -> None:
        ask(asked, by)

        response = client.post(url("gate-override", asked.reference), {"reason": "Again."})

        assert response.status_code == 422
        assert "A second person has been asked already" in said(response)
        assert GateOverride.objects.count() == 1

    def test_sees_what_waits_the_longest_first(self, asked: Enquiry, by: Agent) -> None:
        ask(asked, by)
        later = in_hand(by, enquiry(application_number="C000999888"))
        gating.ask_override(enquiry=later, reason="Later.", by=by.person, now=NOW + DAY)
        second = sign_in(Client(), person(Role.TEAM_LEAD))

        response = second.get(url("overrides"))

        assert [each.enquiry for each in response.context["page"]] == [asked, later]
        assert "The flight leaves tomorrow." in said(response)

    @pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AGENT])
    def test_opens_the_gates_by_agreeing(self, role: Role, asked: Enquiry, by: Agent) -> None:
        override = ask(asked, by)
        second = sign_in(Client(), person(role))

        response = second.post(
            url("override-answer", override.pk), {"answer": "agree"}, follow=True
        )

        assert "are open" in said(response)
        assert isinstance(gates.verdict(asked, NOW), Open)
        assert "Two persons agreed to open them" in part(asked)

    def test_keeps_them_closed_by_refusing(self, asked: Enquiry, by: Agent) -> None:
        override = ask(asked, by)
        second = sign_in(Client(), person(Role.TEAM_LEAD))

        response = second.post(
            url("override-answer", override.pk), {"answer": "refuse"}, follow=True
        )

        assert "stay closed" in said(response)
        assert not isinstance(gates.verdict(asked, NOW), Open)

    def test_is_not_the_first(self, client: Client, asked: Enquiry, by: Agent) -> None:
        override = ask(asked, by)

        page = client.get(url("overrides"))
        response = client.post(
            url("override-answer", override.pk), {"answer": "agree"}, follow=True
        )

        assert "You asked for this: a colleague has to answer." in said(page)
        assert 'value="agree"' not in page.content.decode()
        assert "a colleague has to be the second person" in said(response)
        assert not isinstance(gates.verdict(asked, NOW), Open)

    def test_answers_once(self, asked: Enquiry, by: Agent) -> None:
        override = ask(asked, by)
        gating.answer_override(
            override=override, is_agreed=False, by=person(Role.TEAM_LEAD), now=NOW
        )
        third = sign_in(Client(), person(Role.TEAM_LEAD))

        response = third.post(url("override-answer", override.pk), {"answer": "agree"}, follow=True)

        assert "A colleague has answered this already." in said(response)
        assert not isinstance(gates.verdict(asked, NOW), Open)

    def test_presses_one_of_the_two_buttons(self, asked: Enquiry, by: Agent) -> None:
        override = ask(asked, by)
        second = sign_in(Client(), person(Role.TEAM_LEAD))

        response = second.post(url("override-answer", override.pk), {"answer": "x"}, follow=True)

        assert "press one of the two buttons" in said(response)
        override.refresh_from_db()
        assert override.answered_at is None

    def test_with_nothing_to_answer_reads_what_would_be_there(self, client: Client) -> None:
        words = said(client.get(url("overrides")))

        assert "Nothing waits for a second person" in words

    def test_asks_no_more_of_the_database_for_more_requests(
        self, client: Client, by: Agent, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(6):
            ask(in_hand(by, enquiry(application_number=f"C00000000{number}")), by)

        client.get(url("overrides"))
        with django_assert_max_num_queries(6):
            client.get(url("overrides"))


class TestForWhomItIs:
    NAMES = ("gate-confirm", "gate-authorize", "gate-override")

    def test_nothing_is_recorded_for_a_restricted_enquiry(
        self, client: Client, asked: Enquiry, by: Agent
    ) -> None:
        override, granted = ask(asked, by), authorize(asked, by)
        asked.is_restricted = True
        asked.save()
        pages = [url(name, asked.reference) for name in self.NAMES]
        pages += [url("gate-withdraw", asked.reference, granted.pk)]
        lead = sign_in(Client(), person(Role.TEAM_LEAD))

        typed = {"pieces": THREE, "reason": "x", **FORM, "answer": "agree"}
        statuses = {client.post(page, typed).status_code for page in pages}
        statuses.add(lead.post(url("override-answer", override.pk), typed).status_code)

        assert statuses == {404}
        assert not Confirmation.objects.exists()
        assert lead.get(url("overrides")).context["page"].object_list.count() == 0

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROFESSIONAL, Role.PRIVACY_OFFICER])
    def test_nothing_is_recorded_by_another_role(self, role: Role, asked: Enquiry) -> None:
        stranger = sign_in(Client(), person(role))

        for name in self.NAMES:
            typed = {"pieces": THREE, "reason": "x", **FORM}
            assert stranger.post(url(name, asked.reference), typed).status_code == 403
        assert stranger.get(url("overrides")).status_code == 403
        assert not Confirmation.objects.exists()
        assert not Authorization.objects.exists()
        assert not GateOverride.objects.exists()
