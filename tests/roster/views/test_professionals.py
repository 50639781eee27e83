"""The list of professionals and one of them, through the address table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from comptoir.people.models import Role
from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    OfferedHours,
    Professional,
)
from tests.people.factories import person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ExceptionFactory,
    ExtraHoursFactory,
    PatternFactory,
    ProfessionalFactory,
)
from tests.roster.views.visiting import after, refused, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def test_the_list_shows_who_works_how_much_and_who_is_away(
    lead: Client, anna: Professional
) -> None:
    publish()
    AbsenceFactory.create(professional=anna, starts_at=NOW - timedelta(hours=1))

    page = text(lead, url("professionals"))

    assert "Anna Essai" in page
    assert "Absent now" in page
    assert "English, French" in page


def test_a_professionals_page_shows_hours_dates_absences_and_extra_hours(
    lead: Client, anna: Professional
) -> None:
    publish()
    PatternFactory.create(professional=anna, weekday=2, rest=True)
    ExceptionFactory.create(professional=anna, on=WEDNESDAY, reason="Course")
    AbsenceFactory.create(professional=anna)
    ExtraHoursFactory.create(professional=anna)

    page = text(lead, url("professional", "anna"))

    for expected in (
        "8:00 a.m. to 4:00 p.m.",
        "12:00 to 1:00 p.m.",
        "Monday, Tuesday",
        "Course",
        "Sick leave",
        "Waits for a decision",
    ):
        assert expected in page


def test_a_professional_sees_their_own_hours_and_no_way_to_change_them(
    client: Client, anna: Professional
) -> None:
    sign_in(client, anna.person)

    page = text(client, url("my-hours"))

    assert "My hours" in page
    assert url("set-pattern", "anna") not in page
    assert client.get(url("professional", "anna")).status_code == 200
    assert client.get(url("professional", ProfessionalFactory.create().code)).status_code == 404


def test_somebody_with_the_role_who_is_not_on_the_roster_is_told_so(client: Client) -> None:
    sign_in(client, person_with(Role.PROFESSIONAL))

    assert "not on the roster yet" in text(client, url("my-hours"))
    assert client.get(url("request-extra-hours")).status_code == 404


def test_somebody_is_put_on_the_roster(lead: Client) -> None:
    person = person_with(Role.PROFESSIONAL, name="Ben Test")
    assert url("enter") in text(lead, url("professionals"))

    page = after(
        lead,
        url("enter"),
        person=person.pk,
        code="ben",
        languages=["en"],
        skills=["study"],
        time_zone="America/Halifax",
    )

    assert "Ben Test is on the roster" in page
    ben = Professional.objects.get()
    assert (ben.code, ben.person, ben.time_zone) == ("ben", person, "America/Halifax")


def test_who_holds_the_role_up_to_a_day_is_put_on_the_roster_until_then(lead: Client) -> None:
    leaving, left = (person_with(Role.PROFESSIONAL) for _ in range(2))
    leaving.grants.update(ends_at=NOW + timedelta(days=30))
    left.grants.update(ends_at=NOW - timedelta(days=1))

    found = text(lead, url("enter"))

    assert leaving.name in found
    assert left.name not in found


def test_a_code_that_is_taken_is_refused(lead: Client, anna: Professional) -> None:
    person = person_with(Role.PROFESSIONAL)

    errors = refused(
        lead,
        url("enter"),
        person=person.pk,
        code="anna",
        languages=["en"],
        time_zone="America/Toronto",
    )

    assert errors == {"code": ["Somebody has this code already."]}


def test_who_stops_taking_appointments_leaves_the_offer(lead: Client, anna: Professional) -> None:
    publish()

    after(lead, url("change", "anna"), languages=["fr"], time_zone="America/Toronto")

    anna.refresh_from_db()
    assert (anna.active, anna.languages) == (False, ["fr"])
    assert OfferedHours.objects.get().mask == 0
