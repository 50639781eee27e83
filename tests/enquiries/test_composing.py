"""While an answer is written: texts that fit it, what is inserted and quoted, and a look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from comptoir.enquiries.actions import gating
from comptoir.enquiries.forms.texts import MOST_QUOTED, QuotingForm
from comptoir.enquiries.models import (
    Agent,
    Capacity,
    Enquiry,
    Means,
    Piece,
    TextUse,
    TextVersion,
)
from comptoir.enquiries.queries import quoting
from comptoir.enquiries.views.composing import Composing, composing
from comptoir.people.models import Person, Role
from comptoir.people.permissions import Standing
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person
from tests.enquiries.texts import in_use, written
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

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


def about_a_case(by: Person, second: Person) -> TextVersion:
    bodies = {"body_en": "About {application_number}.", "body_fr": "Sur {application_number}."}
    return in_use(by, second, "about-a-case", **bodies)


def open_gates(found: Enquiry, by: Agent) -> None:
    pieces = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.APPLICATION_NUMBER)
    means = Means.CALLBACK
    gating.confirm(enquiry=found, pieces=pieces, means=means, by=by.person, now=NOW)
    gating.authorize(
        enquiry=found,
        capacity=Capacity.SELF,
        applications=[],
        evidence="form",
        starts_at=NOW,
        ends_at=None,
        by=by.person,
        now=NOW,
    )


class TestWhatIsOffered:
    def test_is_filled_in_for_the_enquiry_in_the_clients_language(
        self, by: Agent, client: Client, writer: Person, second: Person
    ) -> None:
        in_use(writer, second)
        found = in_hand(by, enquiry(language="fr"))

        words = said(client.get(url("enquiry-texts", found.reference)))

        assert f"Votre demande porte le numéro {found.reference}." in words
        assert "Change it online" not in words

    def test_is_shown_in_the_other_language_if_asked(
        self, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        in_use(writer, second)

        response = client.post(
            url("enquiry-texts", held.reference), {"language": "en", "find": "fr"}
        )

        assert f"porte le numéro {held.reference}" in said(response)

    def test_holds_the_words_that_were_sent(
        self, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        in_use(writer, second)
        fees = in_use(writer, second, "fees", body_en="Fees.", body_fr="Frais.")

        response = client.post(url("enquiry-texts", held.reference), {"text_words": "FRAIS"})

        assert [text.version for text in response.context["offer"].texts] == [fees]

    def test_says_what_a_text_lacks_and_does_not_insert_it(
        self, by: Agent, client: Client, writer: Person, second: Person
    ) -> None:
        found = in_hand(by, enquiry(application_number=APPLICATION))
        in_use(writer, second, body_en="{applicant}", body_fr="{applicant}")
        open_gates(found, by)

        response = client.get(url("enquiry-texts", found.reference))

        (text,) = response.context["offer"].texts
        assert not text.can_be_inserted
        assert "The enquiry does not say: the applicant’s name" in said(response)

    def test_marks_what_is_about_a_case_and_bars_it_until_the_gates_are_open(
        self, by: Agent, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        about_a_case(writer, second)
        page = url("enquiry-texts", held.reference)
        closed = said(client.get(page))
        assert "It can be inserted once both gates are open." in closed
        assert f"About {APPLICATION}" not in closed

        open_gates(held, by)

        opened = said(client.get(page))
        assert "once both gates are open" not in opened
        assert f"About {APPLICATION}." in opened

    def test_is_a_handful_and_says_that_there_is_more(
        self, client: Client, writer: Person, second: Person, held: Enquiry
    ) -> None:
        for number in range(quoting.OFFERED + 1):
            in_use(writer, second, f"text-{number}")

        response = client.get(url("enquiry-texts", held.reference))

        assert len(response.context["offer"].texts) == quoting.OFFERED
        assert "There are more: look for a word." in said(response)

    def test_asks_no_more_of_the_database_for_more_texts(
        self,
        client: Client,
        writer: Person,
        second: Person,
        held: Enquiry,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(quoting.OFFERED):
            in_use(writer, second, f"text-{number}")

        client.get(url("enquiry-texts", held.reference))
        with django_assert_max_num_queries(11):
            client.get(url("enquiry-texts", held.reference))

    def test_is_not_said_for_a_restricted_enquiry(self, client: Client, held: Enquiry) -> None:
        held.is_restricted = True
        held.save()

        assert client.get(url("enquiry-texts", held.reference)).status_code == 404
        assert client.post(url("enquiry-preview", held.reference)).status_code == 404


def pressed(held: Enquiry, by: Agent, **typed: Any) -> Composing | None:
    """What a press in the answer's form makes of it."""
    request: Any = RequestFactory().post("/", typed)
    request.user, request.now = by.person, NOW
    request.standing = Standing(by.person, ())
    return composing(request, held)


class TestInserting:
    def test_puts_the_text_after_what_was_typed_and_notes_the_version(
        self, by: Agent, writer: Person, second: Person, held: Enquiry
    ) -> None:
        version = in_use(writer, second)

        done = pressed(held, by, body="Good morning,\n", language="en", insert=f"{version.pk}-en")

        assert done is not None
        assert done.posted["body"] == (
            f"Good morning,\n\nChange it online. Your enquiry is {held.reference}."
        )
        assert done.posted.getlist("texts") == [str(version.pk)]
        assert done.context["quoted"] == [version]
        assert not TextUse.objects.exists()

    def test_twice_notes_it_once(
        self, by: Agent, writer: Person, second: Person, held: Enquiry
    ) -> None:
        version = in_use(writer, second)

        done = pressed(held, by, texts=[version.pk], insert=f"{version.pk}-fr")

        assert done is not None
        assert done.posted.getlist("texts") == [str(version.pk)]

    def test_of_what_is_about_a_case_waits_for_the_gates(
        self, by: Agent, writer: Person, second: Person, held: Enquiry
    ) -> None:
        version = about_a_case(writer, second)
        refused = pressed(held, by, body="Hello", insert=f"{version.pk}-en")
        assert refused is not None
        assert "once both gates are open" in refused.context["texts_refused"]
        assert refused.posted["body"] == "Hello"
        assert "texts" not in refused.posted

        open_gates(held, by)

        done = pressed(held, by, body="Hello", insert=f"{version.pk}-en")
        assert done is not None
        assert done.posted["body"] == f"Hello\n\nAbout {APPLICATION}."

    def test_of_what_lacks_a_value_says_which(
        self, by: Agent, writer: Person, second: Person, held: Enquiry
    ) -> None:
        version = in_use(writer, second, body_en="{applicant}", body_fr="{applicant}")
        open_gates(held, by)

        done = pressed(held, by, insert=f"{version.pk}-en")

        assert done is not None
        assert "does not say: the applicant’s name" in done.context["texts_refused"]

    @pytest.mark.parametrize("value", ["", "7", "x-en", "999999999-en", "1-de", "²-en"])
    def test_of_what_is_no_text_says_so(self, value: str, by: Agent, held: Enquiry) -> None:
        done = pressed(held, by, insert=value)

        assert done is not None
        assert "not in use any more" in done.context["texts_refused"]

    def test_can_be_undone(self, by: Agent, writer: Person, second: Person, held: Enquiry) -> None:
        version = in_use(writer, second)

        done = pressed(held, by, texts=[version.pk], take_out=str(version.pk))

        assert done is not None
        assert done.posted.getlist("texts") == []

    def test_is_not_what_sending_does(self, by: Agent, held: Enquiry) -> None:
        assert pressed(held, by, body="Hello", do="answer") is None


def quotes(*keys: object, now: Any = NOW) -> QuotingForm:
    posted = QueryDict(mutable=True)
    posted.setlist("texts", [str(key) for key in keys])
    return QuotingForm(posted, now=now)


class TestWhatAnAnswerQuotes:
    def test_are_versions_in_use(self, writer: Person, second: Person) -> None:
        versions = [in_use(writer, second, code) for code in ("a", "b")]

        form = quotes(*(version.pk for version in versions))

        assert form.is_valid()
        assert form.cleaned_data["texts"] == versions

    def test_may_be_nothing(self) -> None:
        form = quotes()

        assert form.is_valid()
        assert form.cleaned_data["texts"] == []

    def test_is_refused_if_it_was_never_approved_or_is_no_text(self, writer: Person) -> None:
        for key in (written(writer).pk, 999_999_999, "x", "9" * 30):
            form = quotes(key)

            assert not form.is_valid()
            assert "changed or retired meanwhile" in form.errors["texts"][0]

    def test_is_refused_if_it_was_not_in_use_yet(self, writer: Person, second: Person) -> None:
        version = in_use(writer, second)

        assert not quotes(version.pk, now=NOW - timedelta(seconds=1)).is_valid()

    def test_has_an_end(self) -> None:
        form = quotes(*range(1, MOST_QUOTED + 2))

        assert form.errors["texts"] == ["An answer quotes at most ten texts."]


class TestAPreview:
    def test_shows_the_answer_as_it_is_read_and_stores_nothing(
        self, client: Client, held: Enquiry
    ) -> None:
        response = client.post(
            url("enquiry-preview", held.reference), {"body": "One.\n\n<b>Two</b>", "language": "fr"}
        )

        page = response.content.decode()
        assert '<div class="preview__body" lang="fr"><p>One.</p>' in page
        assert "&lt;b&gt;Two" in page
        assert "It is read with the reference." in said(response)
        assert held.messages.count() == 1

    def test_says_that_what_is_about_the_case_needs_a_code(
        self, client: Client, held: Enquiry
    ) -> None:
        response = client.post(
            url("enquiry-preview", held.reference), {"body": "One.", "is_case_specific": "on"}
        )

        assert "a code that is mailed" in said(response)

    def test_warns_of_a_variable_that_was_left(self, client: Client, held: Enquiry) -> None:
        response = client.post(url("enquiry-preview", held.reference), {"body": "By {due_date}."})

        assert "has a variable been left" in said(response)

    def test_of_nothing_says_so(self, client: Client, held: Enquiry) -> None:
        response = client.post(url("enquiry-preview", held.reference), {"body": " "})

        assert "write the answer first" in said(response)

    def test_is_part_of_the_page_where_scripts_do_not_run(self, by: Agent, held: Enquiry) -> None:
        done = pressed(held, by, body="One.", language="en", look="yes")

        assert done is not None
        assert done.context["looked_body"] == "One."
