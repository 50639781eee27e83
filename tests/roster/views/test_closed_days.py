"""Closing days in the pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    ClosedDay,
    OfferedHours,
    Professional,
)
from tests.roster.factories import (
    NOW,
    ClosedDayFactory,
    between,
)
from tests.roster.views.visiting import after, refused, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def test_the_closed_days_of_a_year_are_listed_with_who_entered_them(
    lead: Client, team_lead: Person
) -> None:
    ClosedDayFactory.create(entered_by=team_lead)

    page = text(lead, url("closed-days"))

    for expected in ("Thursday, November 26, 2026", "Burst pipe", "Entered by Lea Lead"):
        assert expected in page
    assert "Canada Day" in page
    assert "Burst pipe" not in text(lead, url("closed-days") + "?year=2027")
    assert "2026" in text(lead, url("closed-days") + "?year=1066")


def test_a_day_is_closed_and_opened_again(lead: Client, anna: Professional) -> None:
    publish()
    day = {"on": "2026-11-25", "name_en": "Storm", "name_fr": "Tempête", "reason": "Snow"}

    after(lead, url("add-closed-day"), **day)
    assert OfferedHours.objects.get().mask == 0
    assert refused(lead, url("add-closed-day"), **day)["on"]

    after(lead, url("reopen-day", ClosedDay.objects.get().pk))
    assert OfferedHours.objects.get().mask == between(8, 16)


def test_a_day_that_is_over_is_neither_closed_nor_opened(lead: Client) -> None:
    past = ClosedDayFactory.create(on=date(2026, 11, 19))

    errors = refused(
        lead,
        url("add-closed-day"),
        on="2026-11-20",
        name_en="Storm",
        name_fr="Tempête",
        reason="Snow",
    )

    assert errors == {"on": ["That day is over."]}
    assert "That day is over." in after(lead, url("reopen-day", past.pk))
