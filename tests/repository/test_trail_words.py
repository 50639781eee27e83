"""Every code that the sources write to the trail has a sentence, and no words go into its detail."""

from __future__ import annotations

import dataclasses
import inspect
import re

import pytest
from django.apps import apps
from django.utils import translation

from comptoir.enquiries.actions.referring import Intake
from comptoir.enquiries.queries import story_names
from comptoir.people import trail_sentences, trail_words
from comptoir.roster.actions.professionals import write_details
from tests.repository import trail_codes

WRITTEN = trail_codes.written()
CODES = {code: event.place for event in WRITTEN for code in trail_codes.codes(event)}

ARE_CODES = {
    "comptoir/people/actions/signing_in.py": {"step", "method", "change", "kind"},
}
"""Arguments of type `str` that are written by our own code and never typed by anybody."""


def test_the_sources_write_to_the_trail() -> None:
    assert len(WRITTEN) > 40
    assert {"people.signed_in", "appointment.cancelled", "people.office_telephone_removed"} <= set(
        CODES
    )


def test_every_code_is_known_from_the_sources() -> None:
    """A code that is put together in a way this test does not follow needs a word in PLACEHOLDERS."""
    assert {
        code: place for code, place in CODES.items() if not re.fullmatch(r"[a-z_.]+", code)
    } == {}


def test_every_code_has_a_sentence() -> None:
    missing = {
        code: place for code, place in CODES.items() if code not in trail_sentences.SENTENCES
    }

    assert missing == {}, "write its sentence in comptoir/people/trail_words.py"


def test_no_sentence_outlives_its_code() -> None:
    assert trail_sentences.SENTENCES.keys() - CODES.keys() == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_codes_say_the_same(language: str) -> None:
    with translation.override(language):
        said = [str(sentence) for sentence in trail_sentences.SENTENCES.values()]

    assert len(said) == len(set(said))


def test_every_name_in_a_detail_has_a_word() -> None:
    names = {name: event.place for event in WRITTEN for name in trail_codes.detail_names(event)}

    assert {name: place for name, place in names.items() if name not in trail_words.DETAILS} == {}


def test_whatever_came_from_or_went_to_something_says_of_what_kind_it_is() -> None:
    """Of an enquiry: by the code of what was done, or the page would show a key."""
    found = {
        code
        for event in WRITTEN
        if {"from", "to"} & set(trail_codes.detail_names(event))
        for code in trail_codes.codes(event)
        if code.startswith("enquiry.")
    }

    assert found
    assert found <= story_names.ENDS.keys() <= CODES.keys()


def test_every_kind_of_object_with_a_word_exists() -> None:
    assert {label for label in trail_words.OBJECTS if not apps.get_model(label)} == set()


def test_every_code_in_a_detail_that_is_shown_in_words_is_one_of_a_fields_choices() -> None:
    fields = [field for named in trail_words.VALUES.values() for field in named]

    assert fields
    assert all(len(trail_words.choices_of(field)) > 1 for field in fields)
    assert trail_words.VALUES.keys() <= trail_words.DETAILS.keys()


def test_every_field_that_stands_in_a_detail_has_a_word() -> None:
    of_breach = {each.name for each in dataclasses.fields(Intake)}
    of_professional = {"active", "languages", "skills", "time_zone"}
    assert of_professional < set(inspect.signature(write_details).parameters)

    assert trail_words.FIELDS.keys() == of_breach | of_professional


def test_nothing_that_somebody_typed_goes_into_a_detail() -> None:
    """Reasons and names are kept with what they are about; the database refuses what looks like words."""
    typed = {
        (event.place, name)
        for event in WRITTEN
        for name in trail_codes.detail_texts(event)
        if name not in ARE_CODES.get(event.place.partition(":")[0], set())
    }

    assert typed == set()
