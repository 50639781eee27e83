"""What Django says of a field is said in our words, in the language and the numbers of the page."""

from __future__ import annotations

import pytest
from django import forms
from django.core.validators import MaxValueValidator
from django.utils import translation

from comptoir.ui import widgets
from comptoir.ui.forms import all_errors
from comptoir.ui.wordings import said


class ExampleForm(forms.Form):
    """One field of each kind that has words of its own."""

    minutes = forms.IntegerField(label="Minutes", min_value=15, max_value=1_440)
    link = forms.URLField(label="Link", assume_scheme="https", required=False)
    few = forms.IntegerField(
        label="Few", required=False, validators=[MaxValueValidator(3, "Three are enough.")]
    )


def words(name: str, typed: str, language: str = "en") -> list[str]:
    with translation.override(language):
        return said(ExampleForm({"minutes": "60", name: typed})[name].errors)


@pytest.mark.parametrize(
    ("name", "typed", "english", "french"),
    [
        ("minutes", "1441", "At most 1,440.", "Au plus 1\N{NO-BREAK SPACE}440."),
        ("minutes", "14", "At least 15.", "Au moins 15."),
        (
            "link",
            "no link",
            "Give an address that begins with https://.",
            "Indiquez une adresse qui commence par https://.",
        ),
    ],
)
def test_a_limit_and_an_address_have_short_words(
    name: str, typed: str, english: str, french: str
) -> None:
    assert words(name, typed) == [english]
    assert words(name, typed, "fr") == [french]


def test_a_field_with_words_of_its_own_keeps_them() -> None:
    assert words("few", "4") == ["Three are enough."]


def test_what_has_no_words_of_ours_is_said_as_django_says_it() -> None:
    assert words("minutes", "") == ["This field is required."]


def test_the_field_and_the_summary_say_the_same() -> None:
    form = ExampleForm({"minutes": "2000"})

    assert widgets.describe(form["minutes"]).error == "At most 1,440."
    assert all_errors([form]) == [("f_id_minutes", "Minutes: At most 1,440.")]


def test_errors_that_are_plain_sentences_are_said_as_they_are() -> None:
    form = ExampleForm({"minutes": "60"})
    form.add_error(None, "Of the whole form.")

    assert all_errors([form]) == [("", "Of the whole form.")]
