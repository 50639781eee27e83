"""A telephone number is judged alike wherever it is typed."""

from __future__ import annotations

from typing import Any

import pytest

from comptoir.liaison.forms.booking import MeetingForm
from comptoir.people.forms.offices import TelephoneForm


def of_an_office(number: str) -> Any:
    return TelephoneForm({"label": "Main", "number": number}).errors.get("number")


def of_an_appointment(number: str) -> Any:
    form = MeetingForm({"mode": "telephone", "telephone": number})
    return form.errors.get("telephone")


@pytest.mark.parametrize("judged", [of_an_office, of_an_appointment])
@pytest.mark.parametrize("number", ["abc", "555-0100", "613-555-010²", "1234567890123456"])
def test_what_nobody_can_call_is_refused(judged: Any, number: str) -> None:
    assert "area code" in str(judged(number))


@pytest.mark.parametrize("judged", [of_an_office, of_an_appointment])
@pytest.mark.parametrize(
    "number", ["613-555-0100", "+1 613 555 0100 x12", "(613) 555-0100 poste 3"]
)
def test_what_can_be_called_is_accepted(judged: Any, number: str) -> None:
    assert judged(number) is None


def test_blank_space_is_made_even() -> None:
    form = MeetingForm({"mode": "telephone", "telephone": " 613  555 0100 "})

    assert form.is_valid()
    assert form.cleaned_data["telephone"] == "613 555 0100"


def test_a_number_that_a_video_appointment_does_not_use_is_not_judged() -> None:
    form = MeetingForm(
        {"mode": "video", "telephone": "abc", "video_link": "https://meet.example/x"}
    )

    assert form.is_valid()
