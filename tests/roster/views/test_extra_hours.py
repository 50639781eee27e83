"""Asking for extra hours and deciding, in the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    ExtraHours,
    OfferedHours,
    Professional,
)
from tests.people.factories import DistrictFactory, GrantFactory, OfficeFactory
from tests.people.signing_in import sign_in
from tests.roster.factories import (
    NOW,
    ExtraHoursFactory,
    between,
)
from tests.roster.views.visiting import after, refused, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def asking(**values: object) -> dict[str, object]:
    return {
        "on": "2026-11-25",
        "starts": "16:00",
        "ends": "18:00",
        "offices": "",
        "purpose": "Backlog",
        **values,
    }


def test_a_professional_asks_for_extra_hours_and_a_team_lead_approves(
    client: Client, anna: Professional, team_lead: Person
) -> None:
    publish()
    sign_in(client, anna.person)
    after(client, url("request-extra-hours"), **asking())
    extra = ExtraHours.objects.get()
    assert (extra.professional, extra.requested_by) == (anna, anna.person)

    sign_in(client, team_lead)
    assert "Backlog" in text(client, url("extra-hours"))
    page = after(client, url("approve-extra-hours", extra.pk))

    assert "Approved: the hours are on offer." in page
    assert "0 minutes of 2 hours used" in page
    assert OfferedHours.objects.get().mask == between(8, 18)


def test_a_team_lead_asks_for_anybody_and_for_some_offices(
    lead: Client, anna: Professional
) -> None:
    by_name = OfficeFactory.create(legislator="Élodie Monterable")
    by_district = OfficeFactory.create(district=DistrictFactory.create(name_fr="Île-Perdue"))
    by_reference = OfficeFactory.create(reference="senate-7")
    lines = "elodie monterable\n\n ILE-PERDUE\nsenate-7"

    after(lead, url("request-extra-hours"), professional="anna", **asking(offices=lines))

    assert set(ExtraHours.objects.get().offices.all()) == {by_name, by_district, by_reference}


def test_offices_that_are_unknown_or_ambiguous_are_named(lead: Client, anna: Professional) -> None:
    OfficeFactory.create_batch(2, legislator="Sam Twice")
    OfficeFactory.create(legislator="Gone Long", closed=True)

    errors = refused(
        lead,
        url("request-extra-hours"),
        professional="anna",
        **asking(offices="Nobody\nSam Twice\nGone Long"),
    )

    assert errors["offices"] == [
        "No active office goes by “Nobody”.",
        "Several offices go by “Sam Twice”: write the reference.",
        "No active office goes by “Gone Long”.",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on": "2026-11-20"}, "on"),
        ({"on": "2026-11-28"}, "on"),
        ({"starts": "16:05"}, "starts"),
        ({"ends": "22:00"}, "starts"),
        ({"starts": "09:00", "ends": "10:00"}, "starts"),
        ({"ends": "15:00"}, "ends"),
    ],
)
def test_extra_hours_that_cannot_be_are_refused_beside_their_field(
    lead: Client, anna: Professional, values: dict[str, object], field: str
) -> None:
    errors = refused(lead, url("request-extra-hours"), professional="anna", **asking(**values))

    assert list(errors) == [field]


def test_a_request_is_declined_and_decided_once(lead: Client) -> None:
    extra = ExtraHoursFactory.create()

    assert "declined" in after(lead, url("decline-extra-hours", extra.pk))
    assert "decided this request before" in after(lead, url("approve-extra-hours", extra.pk))
    assert "decided this request before" in after(lead, url("decline-extra-hours", extra.pk))


def test_a_request_whose_time_is_over_cannot_be_approved(lead: Client) -> None:
    extra = ExtraHoursFactory.create(starts_at=NOW - timedelta(hours=3))

    assert "nothing left to approve" in after(lead, url("approve-extra-hours", extra.pk))


def test_approval_never_says_more_than_is_on_offer(lead: Client, anna: Professional) -> None:
    later = after(lead, url("approve-extra-hours", evening(anna).pk))
    publish()
    Professional.objects.update(active=False)
    never = after(lead, url("approve-extra-hours", evening(anna, WEDNESDAY).pk))

    assert "will be on offer when their day is published" in later
    assert "takes no appointments: nothing is on offer" in never


def test_approved_hours_are_withdrawn_with_one_press(lead: Client, anna: Professional) -> None:
    publish()
    extra = evening(anna, WEDNESDAY)
    after(lead, url("approve-extra-hours", extra.pk))
    assert url("withdraw-extra-hours", extra.pk) in text(lead, url("extra-hours"))

    page = after(lead, url("withdraw-extra-hours", extra.pk))

    assert "The hours were withdrawn." in page
    assert url("withdraw-extra-hours", extra.pk) not in page
    assert "not approved, or were withdrawn before" in after(
        lead, url("withdraw-extra-hours", extra.pk)
    )


def evening(anna: Professional, on: date = date(2026, 11, 24)) -> ExtraHours:
    """Two hours asked for after the usual ones."""
    starts_at = datetime(on.year, on.month, on.day, 21, tzinfo=UTC)
    return ExtraHoursFactory.create(professional=anna, starts_at=starts_at)


def test_requests_that_wait_are_paged_and_none_is_left_out(
    lead: Client, anna: Professional
) -> None:
    ExtraHoursFactory.create_batch(26, professional=anna)

    first = lead.get(url("extra-hours")).context["waiting"]
    second = lead.get(url("extra-hours"), {"waiting": 2}).context["waiting"]

    assert (len(first), len(second)) == (25, 1)
    assert "?waiting=2" in text(lead, url("extra-hours"))


def test_a_lead_reads_that_another_approves_what_they_asked_for(
    client: Client, anna: Professional, team_lead: Person
) -> None:
    GrantFactory.create(team_lead=True)
    sign_in(client, team_lead)
    after(client, url("request-extra-hours"), **asking(professional=anna.code))
    address = url("approve-extra-hours", ExtraHours.objects.get().pk)

    page = text(client, url("extra-hours"))

    assert "Your own request: another team lead approves it." in page
    assert address not in client.get(url("extra-hours")).content.decode()
    assert "another team lead approves them" in after(client, address)
    assert ExtraHours.objects.get().approved_at is None
