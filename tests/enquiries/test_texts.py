"""Texts: both languages, approved by somebody else, never changed, and on record where they were sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from comptoir.domain import wording
from comptoir.enquiries.actions import texting
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import TextKind, TextUse, TextVersion, Topic
from comptoir.enquiries.queries import texts
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, enquiry, person

pytestmark = pytest.mark.django_db

WORDS = Wording(
    title_en="It is in progress",
    title_fr="C’est en cours",
    body_en="Your enquiry {reference} is in progress.",
    body_fr="Votre demande {reference} est en cours.",
)


@pytest.fixture
def writer() -> Person:
    return person(Role.TEAM_LEAD)


@pytest.fixture
def second() -> Person:
    return person(Role.TEAM_LEAD)


def written(by: Person, words: Wording = WORDS, **fits: Any) -> TextVersion:
    fits.setdefault("code", "in-progress")
    return texting.start(kind=TextKind.REPLY, words=words, by=by, now=NOW, **fits)


def in_use(by: Person, second: Person, words: Wording = WORDS, **fits: Any) -> TextVersion:
    return texting.approve(version=written(by, words, **fits), by=second, now=NOW)


class TestBeforeItIsUsed:
    def test_a_version_is_approved_by_somebody_else(self, writer: Person, second: Person) -> None:
        version = written(writer)
        assert not texts.sendable("", NOW).exists()

        texting.approve(version=version, by=second, now=NOW)

        assert list(texts.sendable("", NOW)) == [version]

    def test_nobody_approves_their_own_words(self, writer: Person) -> None:
        with pytest.raises(texting.OwnWords):
            texting.approve(version=written(writer), by=writer, now=NOW)

    def test_a_version_is_approved_once(self, writer: Person, second: Person) -> None:
        version = in_use(writer, second)

        with pytest.raises(texting.ApprovedAlready):
            texting.approve(version=version, by=second, now=NOW)

    def test_languages_that_do_not_say_the_same_are_refused(self, writer: Person) -> None:
        words = Wording(title_en="A", title_fr="A", body_en="{reference}", body_fr="Rien.")

        with pytest.raises(texting.BadWording) as problem:
            written(writer, words)
        assert problem.value.faults == (wording.Fault.NOT_THE_SAME,)


class TestAVersion:
    def test_stays_in_use_until_the_next_is_approved(self, writer: Person, second: Person) -> None:
        first = in_use(writer, second)
        following = texting.write(text=first.text, words=WORDS, by=writer, now=NOW)
        assert list(texts.sendable("", NOW)) == [first]

        texting.approve(version=following, by=second, now=NOW)

        assert list(texts.sendable("", NOW)) == [following]
        assert following.number == 2

    def test_never_changes_its_words(self, writer: Person) -> None:
        version = written(writer)
        version.body_en = "Other words."

        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            version.save()

    def test_of_a_retired_text_is_proposed_no_more(self, writer: Person, second: Person) -> None:
        version = in_use(writer, second)

        texting.retire(text=version.text, by=writer, now=NOW)

        assert not texts.sendable("", NOW).exists()


class TestSearching:
    @pytest.mark.parametrize("words", ["progress", "EN COURS", "cours demande", "in-progress"])
    def test_finds_words_of_either_language_without_accents(
        self, words: str, writer: Person, second: Person
    ) -> None:
        version = in_use(writer, second)

        assert list(texts.sendable(words, NOW)) == [version]

    def test_puts_what_is_for_the_topic_first(self, writer: Person, second: Person) -> None:
        other = in_use(writer, second, code="a-first-by-name")
        fits = in_use(writer, second, code="z-last-by-name", topic=Topic.STATUS)

        assert list(texts.fitting(enquiry(topic=Topic.STATUS), "", NOW)) == [fits, other]


class TestFillingIn:
    def test_says_what_is_on_record_in_the_language_of_the_answer(
        self, writer: Person, second: Person
    ) -> None:
        words = Wording(
            title_en="A",
            title_fr="A",
            body_en="{reference} by {due_date}, {line}",
            body_fr="{reference} le {due_date}, {line}",
        )
        version, found = in_use(writer, second, words), enquiry()

        assert texts.filled(version, found, "fr") == (
            f"{found.reference} le lundi 30 novembre 2026, Soutien à la clientèle"
        )

    def test_without_a_value_is_not_sent(self, writer: Person, second: Person) -> None:
        words = Wording(
            title_en="A",
            title_fr="A",
            body_en="{application_number}",
            body_fr="{application_number}",
        )
        version = in_use(writer, second, words)

        with pytest.raises(wording.MissingValue):
            texts.filled(version, enquiry(), "en")

    def test_a_text_that_names_the_applicant_is_about_a_case(self, writer: Person) -> None:
        words = Wording(title_en="A", title_fr="A", body_en="{applicant}", body_fr="{applicant}")

        assert written(writer, words).text.is_case_specific
        assert not written(writer, code="general").text.is_case_specific


class TestWhereItWasSent:
    def test_stays_on_record_with_its_version(self, writer: Person, second: Person) -> None:
        version, message = in_use(writer, second), enquiry().messages.get()

        texting.quote(message=message, versions=[version], now=NOW)

        assert texts.uses(version.text) == {version.pk: 1}
        assert TextUse.objects.get().message == message

    def test_a_version_that_is_not_in_use_is_not_sent(self, writer: Person, second: Person) -> None:
        version, message = written(writer), enquiry().messages.get()

        with pytest.raises(texting.NotInUse):
            texting.quote(message=message, versions=[version], now=NOW)
        assert not TextUse.objects.exists()
