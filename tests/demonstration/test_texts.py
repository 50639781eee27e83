"""The invented texts: ten pairs that could be sent as they are, in order for an agent and a team lead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comptoir.demonstration import texts as invented
from comptoir.domain import wording
from comptoir.enquiries.models import TextKind, TextVersion
from comptoir.enquiries.queries import library, texts
from comptoir.people.models import Person, Role
from tests.people.factories import person_with

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
LANGUAGES = ("en", "fr")


@pytest.fixture
def lead() -> Person:
    person_with(Role.TEAM_LEAD)
    return person_with(Role.TEAM_LEAD)


def bodies(pair: invented.Pair) -> tuple[str, str]:
    return pair.words.body_en, pair.words.body_fr


def test_are_pairs_each_under_a_name_of_its_own() -> None:
    assert len({pair.code for pair in invented.PAIRS}) == len(invented.PAIRS)
    assert {pair.kind for pair in invented.PAIRS} == set(TextKind)


@pytest.mark.parametrize("pair", invented.PAIRS, ids=lambda pair: pair.code)
def test_say_the_same_variables_in_both_languages(pair: invented.Pair) -> None:
    assert wording.faults(*bodies(pair), texts.VARIABLES) == []


@pytest.mark.parametrize("pair", invented.PAIRS, ids=lambda pair: pair.code)
def test_keep_french_signs_with_their_words(pair: invented.Pair) -> None:
    french = pair.words.body_fr

    assert "'" not in french
    for loose in (" :", " ;", " »", "« "):
        assert loose not in french


@pytest.mark.django_db
def test_are_in_use_and_one_newer_version_waits(lead: Person) -> None:
    made = invented.make(lead, now=NOW)

    assert set(TextVersion.objects.in_use(NOW)) == set(made)
    waiting = library.found("", {}, library.Standing.TO_APPROVE, NOW)
    assert [text.code for text in waiting] == [invented.WAITING]


@pytest.mark.django_db
def test_were_approved_by_the_lead_and_written_by_another(lead: Person) -> None:
    for version in invented.make(lead, now=NOW):
        assert version.approved_by == lead
        assert version.written_by != lead


@pytest.mark.django_db
def test_are_about_a_case_where_they_name_it(lead: Person) -> None:
    made = invented.make(lead, now=NOW)

    about = [version.text.code for version in made if version.text.is_case_specific]
    assert about == ["still-in-process"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_leave_no_brace_once_filled_in(language: str, lead: Person) -> None:
    for version in invented.make(lead, now=NOW):
        assert "{" not in library.sampled(version.body(language), language)
