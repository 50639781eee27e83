"""Setting weekly hours and single dates in the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

import pytest
from django.test import Client

from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    OfferedHours,
    PatternException,
    Professional,
    WeeklyPattern,
)
from tests.roster.factories import (
    NOW,
    PatternFactory,
    between,
)
from tests.roster.views.visiting import after, refused, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def spells(*rows: Mapping[str, object]) -> dict[str, object]:
    form: dict[str, object] = {"spells-TOTAL_FORMS": len(rows), "spells-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        for name, value in {"every": "1", **row}.items():
            form[f"spells-{number}-{name}"] = value
    return form


def test_the_form_of_weekly_hours_begins_with_those_that_hold(
    lead: Client, anna: Professional
) -> None:
    for weekday in range(5):
        PatternFactory.create(professional=anna, weekday=weekday, rest=True)

    response = lead.get(url("set-pattern", "anna"))

    [row] = response.context["spells"].forms
    assert row.initial == {
        "weekdays": ["0", "1", "2", "3", "4"],
        "starts": time(8),
        "ends": time(16),
        "break_starts": time(12),
        "break_ends": time(13),
        "every": "1",
    }


def test_other_weekly_hours_are_saved_and_published(lead: Client, anna: Professional) -> None:
    publish()

    after(
        lead,
        url("set-pattern", "anna"),
        valid_from="2026-11-25",
        **spells(
            {"weekdays": ["0", "1"], "starts": "09:00", "ends": "12:00"},
            {
                "weekdays": ["2"],
                "starts": "09:00",
                "ends": "15:00",
                "break_starts": "12:00",
                "break_ends": "12:30",
            },
        ),
    )

    assert OfferedHours.objects.get().mask == between(9, 12) | between(12.5, 15)
    assert WeeklyPattern.objects.filter(valid_until=None).count() == 4


def test_adding_a_row_keeps_what_was_typed_and_saves_nothing(
    lead: Client, anna: Professional
) -> None:
    before = WeeklyPattern.objects.count()
    form = spells({"weekdays": ["0"], "starts": "09:00", "ends": "12:00"})

    response = lead.post(url("set-pattern", "anna"), {"valid_from": "", **form, "spells-add": "1"})

    assert response.status_code == 200
    assert len(response.context["spells"].forms) == 2
    assert "09:00" in response.content.decode()
    assert WeeklyPattern.objects.count() == before


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"weekdays": []}, "Choose at least one day."),
        ({"starts": ""}, "Enter a time, such as 08:30."),
        ({"ends": "08:00"}, "The end must come after the start."),
        ({"starts": "08:10"}, "Hours begin and end on a quarter hour."),
        ({"break_starts": "12:00"}, "Enter both times, or none."),
    ],
)
def test_a_wrong_row_says_what_is_wrong(
    lead: Client, anna: Professional, row: dict[str, object], error: str
) -> None:
    good = {"weekdays": ["0"], "starts": "09:00", "ends": "12:00"}

    response = lead.post(
        url("set-pattern", "anna"), {"valid_from": "2026-11-25", **spells({**good, **row})}
    )

    assert response.status_code == 422
    assert error in response.content.decode()


def test_hours_that_cannot_be_offered_are_refused_with_the_reason(
    lead: Client, anna: Professional
) -> None:
    early = {"weekdays": ["0"], "starts": "05:00", "ends": "12:00"}

    errors = refused(lead, url("set-pattern", "anna"), valid_from="2026-11-25", **spells(early))
    past = refused(
        lead,
        url("set-pattern", "anna"),
        valid_from="2026-11-22",
        **spells({"weekdays": ["0"], "starts": "09:00", "ends": "12:00"}),
    )

    assert "outside the service day" in errors["__all__"][0]
    assert "over" in past["__all__"][0]


def test_one_date_gets_other_hours_and_the_weekly_ones_back(
    lead: Client, anna: Professional
) -> None:
    publish()

    after(
        lead,
        url("add-exception", "anna"),
        on="2026-11-25",
        starts="09:00",
        ends="10:00",
        again_starts="13:00",
        again_ends="14:00",
        reason="Course",
    )
    assert OfferedHours.objects.get().mask == between(9, 10) | between(13, 14)

    page = after(lead, url("remove-exception", "anna"), on="2026-11-25")
    assert "hold again on Wednesday, November 25, 2026" in page
    assert OfferedHours.objects.get().mask == between(8, 16)
    assert not PatternException.objects.exists()


def test_a_date_without_times_is_a_day_off(lead: Client, anna: Professional) -> None:
    publish()

    after(lead, url("add-exception", "anna"), on="2026-11-25")

    assert OfferedHours.objects.get().mask == 0


def test_a_date_that_is_over_is_refused(lead: Client, anna: Professional) -> None:
    assert "on" in refused(lead, url("add-exception", "anna"), on="2026-11-20")
    after(lead, url("remove-exception", "anna"), on="2026-11-20")
    assert lead.post(url("remove-exception", "anna"), {"on": "soon"}).status_code == 404
