"""Texts before the screen: found, written in both languages, approved by another, quoted in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from comptoir.enquiries.actions import texting
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import (
    Agent,
    Enquiry,
    Text,
    TextKind,
    TextVersion,
    Topic,
)
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person
from tests.enquiries.texts import WORDS, in_use, written
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NEW = {"code": "change-of-address", "kind": "reply", **WORDS}
APPLICATION = "C000111222"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def writer() -> Person:
    return person(Role.TEAM_LEAD, name="Wanda Writes")


@pytest.fixture
def second() -> Person:
    return person(Role.TEAM_LEAD, name="Sam Second")


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def client(by: Agent) -> Client:
    return sign_in(Client(), by.person)


@pytest.fixture
def held(by: Agent) -> Enquiry:
    """An enquiry of somebody who names the application, in the agent's hands."""
    return in_hand(by, enquiry(application_number=APPLICATION))


def url(name: str, *args: object) -> str:
    return reverse(f"enquiries:{name}", args=args)


def said(response: Any) -> str:
    text = re.sub(r"<noscript>.*?</noscript>", "", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


class TestTheList:
    def test_that_is_empty_says_what_to_do(self, client: Client) -> None:
        words = said(client.get(url("texts")))

        assert "There are no texts yet" in words
        assert "Write the first one" in words

    def test_shows_what_is_in_use_what_waits_and_how_often_each_was_sent(
        self, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        used = in_use(writer, second)
        texting.quote(message=held.messages.get(), versions=[used], now=NOW)
        written(writer, "second-text")

        rows = client.get(url("texts")).context["rows"]

        assert [(row.text.code, row.is_in_use, row.waits, row.sent) for row in rows] == [
            ("change-of-address", True, False, 1),
            ("second-text", False, True, 0),
        ]

    def test_shows_a_text_under_its_words_in_use_while_a_newer_version_waits(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        used = in_use(writer, second)
        words = Wording(**{**WORDS, "title_en": "Newer"})
        texting.write(text=used.text, words=words, by=writer, now=NOW)

        (row,) = client.get(url("texts")).context["rows"]

        assert (row.shown, row.is_in_use, row.waits) == (used, True, True)

    def test_keeps_the_words_of_a_search_out_of_the_address(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        in_use(writer, second)
        in_use(writer, second, "another", body_en="Fees.", body_fr="Frais.")

        response = client.post(url("texts"), {"q": "frais"})

        assert response["Location"] == url("texts")
        rows = client.get(url("texts")).context["rows"]
        assert [row.text.code for row in rows] == ["another"]

    def test_does_not_find_words_that_are_used_no_more(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        first = in_use(writer, second, body_en="Obsolete.", body_fr="Périmé.")
        words = Wording(**WORDS)
        newer = texting.write(text=first.text, words=words, by=writer, now=NOW)
        texting.approve(version=newer, by=second, now=NOW)

        client.post(url("texts"), {"q": "obsolete"})

        response = client.get(url("texts"))
        assert response.context["rows"] == []
        assert "Try fewer words" in said(response)

    @pytest.mark.parametrize(
        ("choice", "codes"),
        [
            ({"kind": "article"}, ["advice"]),
            ({"topic": "contact"}, ["address"]),
            ({"line_of_business": "pr_card"}, ["card"]),
            ({"state": "in_use"}, ["address", "advice"]),
            ({"state": "to_approve"}, ["card"]),
            ({"state": "retired"}, ["old"]),
            ({}, ["address", "advice", "card"]),
            ({"kind": "nonsense"}, ["address", "advice", "card"]),
        ],
    )
    def test_shows_what_was_chosen(
        self,
        choice: dict[str, str],
        codes: list[str],
        client: Client,
        writer: Person,
        second: Person,
    ) -> None:
        in_use(writer, second, "advice", kind=TextKind.ARTICLE)
        in_use(writer, second, "address", topic=Topic.CONTACT)
        written(writer, "card", line_of_business="pr_card")
        old = in_use(writer, second, "old")
        texting.retire(text=old.text, by=writer, now=NOW)

        rows = client.get(url("texts"), choice).context["rows"]

        assert [row.text.code for row in rows] == codes

    def test_asks_no_more_of_the_database_for_more_texts(
        self,
        client: Client,
        writer: Person,
        second: Person,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(12):
            in_use(writer, second, f"text-{number}")

        client.get(url("texts"))
        with django_assert_max_num_queries(7):
            response = client.get(url("texts"))
        assert len(response.context["rows"]) == 12


class TestOneText:
    def test_stands_in_both_languages_with_sample_values(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        in_use(writer, second)

        words = said(client.get(url("text", "change-of-address")))

        assert "Your enquiry is EABCD-2345." in words
        assert "Votre demande porte le numéro EABCD-2345." in words

    def test_names_who_wrote_and_who_approved_each_version(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        used = in_use(writer, second)
        texting.write(text=used.text, words=Wording(**WORDS), by=second, now=NOW)

        response = client.get(url("text", "change-of-address"))

        assert [
            (version.number, version.written_by.name, getattr(version.approved_by, "name", None))
            for version in response.context["versions"]
        ] == [(2, "Sam Second", None), (1, "Wanda Writes", "Sam Second")]
        assert "Read version 2, written by Sam Second" in said(response)

    def test_shows_an_earlier_version_as_it_was(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        first = in_use(writer, second, body_en="Earlier.", body_fr="Avant.")
        newer = texting.write(text=first.text, words=Wording(**WORDS), by=writer, now=NOW)
        texting.approve(version=newer, by=second, now=NOW)

        words = said(client.get(url("text-version", "change-of-address", 1)))

        assert "Earlier." in words
        assert "No longer in use" in words

    def test_tells_what_was_done_to_it(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        in_use(writer, second)

        words = said(client.get(url("text", "change-of-address")))

        assert "Approved a version of a text" in words
        assert "Wrote a version of a text" in words

    def test_escapes_what_was_written(self, client: Client, writer: Person, second: Person) -> None:
        in_use(writer, second, body_en="<script>alert(1)</script>", body_fr="Rien.")

        page = client.get(url("text", "change-of-address")).content.decode()

        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_asks_no_more_of_the_database_for_more_versions(
        self,
        client: Client,
        writer: Person,
        second: Person,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        version = in_use(writer, second)
        for _ in range(6):
            texting.write(text=version.text, words=Wording(**WORDS), by=writer, now=NOW)

        client.get(url("text", "change-of-address"))
        with django_assert_max_num_queries(8):
            client.get(url("text", "change-of-address"))

    def test_leads_into_the_answers_that_the_reader_is_writing(
        self, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        version = in_use(writer, second, kind=TextKind.ARTICLE)
        others = in_hand(agent(), enquiry())

        page = client.get(url("text", "change-of-address")).content.decode()

        assert f'name="insert" value="{version.pk}-en"' in page
        assert f'action="{url("enquiry", held.reference)}"' in page
        assert others.reference not in page


class TestWriting:
    def test_a_text_begins_with_a_version_to_be_approved(self, client: Client, by: Agent) -> None:
        response = client.post(url("text-new"), {**NEW, "topic": "contact"}, follow=True)

        text = Text.objects.get(code="change-of-address")
        version = text.versions.get()
        assert (text.topic, version.body_fr) == (Topic.CONTACT, WORDS["body_fr"])
        assert (version.written_by, version.approved_at) == (by.person, None)
        assert "once a team lead who did not write it approves it" in said(response)

    def test_a_short_name_is_given_once(self, client: Client, writer: Person) -> None:
        written(writer)

        response = client.post(url("text-new"), {**NEW, "code": "Change-of-Address"})

        assert response.status_code == 422
        assert "Another text has this short name" in said(response)
        assert Text.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"body_fr": ""}, "body_fr", "Write the French text."),
            ({"title_en": " "}, "title_en", "Write the English title."),
            ({"body_en": "A { brace {reference}"}, "body_en", "A brace stands alone"),
            ({"body_en": "{name}"}, "body_en", "There is no variable {name}"),
            ({"body_fr": "Rien."}, "body_fr", "Only the other language has {reference}"),
            ({"body_en": "None."}, "body_en", "Only the other language has {reference}"),
            ({"code": "à côté"}, "code", "Use letters without accents"),
            ({"kind": ""}, "kind", "Say what the text is for."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_all_stays_typed(
        self, changes: dict[str, str], field: str, sentence: str, client: Client
    ) -> None:
        response = client.post(url("text-new"), {**NEW, **changes})

        assert response.status_code == 422
        errors = response.context["form"].errors
        assert list(errors) == [field]
        assert sentence in errors[field][0]
        assert "Votre adresse" in response.content.decode()
        assert not Text.objects.exists()

    def test_a_look_shows_what_the_client_sees_and_stores_nothing(self, client: Client) -> None:
        response = client.post(url("text-new"), {**NEW, "do": "look"})

        words = said(response)
        assert response.status_code == 200
        assert "Votre demande porte le numéro EABCD-2345." in words
        assert "Nothing is stored yet" in words
        assert not Text.objects.exists()

    def test_the_next_version_begins_with_the_words_in_use(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        used = in_use(writer, second)
        newer = Wording(**{**WORDS, "title_en": "Not approved"})
        texting.write(text=used.text, words=newer, by=writer, now=NOW)

        form = client.get(url("text-write", "change-of-address")).context["form"]

        assert form.initial == WORDS

    def test_the_next_version_leaves_the_one_in_use_in_use(
        self, client: Client, writer: Person, second: Person, by: Agent
    ) -> None:
        used = in_use(writer, second)

        client.post(url("text-write", "change-of-address"), {**WORDS, "title_en": "Newer"})

        assert list(TextVersion.objects.in_use(NOW)) == [used]
        newer = used.text.versions.get(number=2)
        assert (newer.title_en, newer.written_by) == ("Newer", by.person)

    def test_a_retired_text_gets_no_new_words(
        self, client: Client, writer: Person, second: Person
    ) -> None:
        used = in_use(writer, second)
        texting.retire(text=used.text, by=writer, now=NOW)

        response = client.post(url("text-write", "change-of-address"), WORDS)

        assert response.status_code == 422
        assert "Begin a new one instead" in said(response)
        assert used.text.versions.count() == 1

    def test_a_page_that_was_locked_shows_what_was_typed_and_judges_nothing(
        self, client: Client
    ) -> None:
        response = client.get(url("text-new"))

        assert response.status_code == 200
        assert not response.context["form"].errors


class TestApproving:
    def test_is_for_a_team_lead_who_did_not_write_it(self, writer: Person, second: Person) -> None:
        version = written(writer)
        page = url("text", "change-of-address")
        reader = sign_in(Client(), second)
        assert "Approve this version" in said(reader.get(page))

        response = reader.post(url("text-approve", "change-of-address", 1), follow=True)

        assert "agents use it from now on" in said(response)
        version.refresh_from_db()
        assert version.approved_by == second

    def test_is_not_offered_to_who_wrote_it_and_the_page_says_why(self, writer: Person) -> None:
        version = written(writer)
        reader = sign_in(Client(), writer)

        words = said(reader.get(url("text", "change-of-address")))
        response = reader.post(url("text-approve", "change-of-address", 1), follow=True)

        assert "Approve this version" not in words
        assert "You wrote it, so another team lead has to approve it." in words
        assert "Ask another team lead" in said(response)
        version.refresh_from_db()
        assert version.approved_at is None

    def test_is_not_for_an_agent_and_the_page_says_whose_it_is(
        self, client: Client, writer: Person
    ) -> None:
        version = written(writer)

        words = said(client.get(url("text", "change-of-address")))
        response = client.post(url("text-approve", "change-of-address", 1))

        assert "A team lead who did not write it has to approve it." in words
        assert response.status_code == 403
        version.refresh_from_db()
        assert version.approved_at is None

    def test_twice_says_that_a_colleague_was_faster(self, writer: Person, second: Person) -> None:
        in_use(writer, second)
        third = sign_in(Client(), person(Role.TEAM_LEAD))

        response = third.post(url("text-approve", "change-of-address", 1), follow=True)

        assert "A colleague has approved this version already." in said(response)


class TestRetiring:
    def test_is_asked_once_and_ends_the_offer(
        self, writer: Person, second: Person, held: Enquiry, client: Client
    ) -> None:
        in_use(writer, second)
        lead = sign_in(Client(), writer)
        page = url("text-retire", "change-of-address")
        assert "cannot be brought back" in said(lead.get(page))

        lead.post(page)

        assert client.get(url("enquiry-texts", held.reference)).context["offer"].texts == []
        assert "Write a new version" not in said(lead.get(url("text", "change-of-address")))

    def test_is_not_for_an_agent(self, client: Client, writer: Person, second: Person) -> None:
        version = in_use(writer, second)

        assert client.post(url("text-retire", "change-of-address")).status_code == 403
        version.text.refresh_from_db()
        assert version.text.retired_at is None
