"""Recording and withdrawing absences in the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    Absence,
    OfferedHours,
    Professional,
)
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ProfessionalFactory,
)
from tests.roster.views.visiting import after, refused, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def test_an_absence_is_recorded_on_the_professionals_own_clock(lead: Client) -> None:
    west = ProfessionalFactory.create(code="west", time_zone="America/Vancouver")

    after(
        lead,
        url("record-absence"),
        professional="west",
        kind="sick",
        first="2026-11-25",
        starts="09:00",
        last="2026-11-25",
        ends="12:00",
    )

    absence = Absence.objects.get()
    assert absence.professional == west
    assert absence.starts_at == datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert absence.ends_at == datetime(2026, 11, 25, 19, tzinfo=UTC)


def test_an_absence_without_times_lasts_whole_days(lead: Client, anna: Professional) -> None:
    publish()
    absence = {"professional": "anna", "kind": "sick", "first": "2026-11-25", "last": "2026-11-26"}

    page = after(lead, url("record-absence"), **absence)

    assert "8 hours are no longer on offer" in page
    assert OfferedHours.objects.get().mask == 0
    listed = text(lead, url("absences"))
    assert "Wednesday, November 25, 2026 to Thursday, November 26, 2026" in listed
    assert refused(lead, url("record-absence"), **absence)["first"] == [
        "An absence that covers all of this time is on record."
    ]


def test_a_recorded_absence_leads_to_the_appointments_in_it(
    lead: Client, anna: Professional
) -> None:
    response = lead.post(
        url("record-absence"),
        {"professional": "anna", "kind": "sick", "first": "2026-11-25", "last": "2026-11-25"},
    )

    absence = Absence.objects.get()
    assert response["Location"] == reverse("liaison:affected", args=[absence.pk])
    assert reverse("liaison:affected", args=[absence.pk]) in text(lead, url("absences"))


def test_an_absence_that_ends_before_it_starts_is_refused(lead: Client, anna: Professional) -> None:
    errors = refused(
        lead,
        url("record-absence"),
        professional="anna",
        kind="sick",
        first="2026-11-26",
        last="2026-11-25",
    )

    assert errors == {"last": ["The end must come after the start."]}


def test_an_absence_is_withdrawn_and_stays_on_the_list(lead: Client, anna: Professional) -> None:
    absence = AbsenceFactory.create(professional=anna)

    page = after(lead, url("withdraw-absence", absence.pk))
    again = after(lead, url("withdraw-absence", absence.pk))

    assert "on offer again" in page
    assert "Withdrawn" in page
    assert "withdrawn before" in again


def test_absences_that_are_over_are_listed_apart(lead: Client) -> None:
    AbsenceFactory.create(starts_at=NOW - timedelta(days=9), note="Left early")

    assert "Left early" not in text(lead, url("absences"))
    assert "Left early" in text(lead, url("absences") + "?over=1")
