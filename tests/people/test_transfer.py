"""A seat that changes hands, on the administrator's page: asked, said, confirmed, done."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people.models import Office, OfficeStatus, Person, Role
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeFactory,
    person_with,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

ASKED = {
    "honorific": "Hon.",
    "legislator": "Nova Testwright",
    "source_id": "99001",
    "since": "2026-11-16",
    "reason": "resignation",
}
CONFIRMED = {"confirmed": "yes"}


@pytest.fixture
def administrator(client: Client) -> Person:
    person = person_with(Role.ADMINISTRATOR)
    sign_in(client, person)
    return person


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory.create(district__code="24001", district__french_share="97.0")
    return made


def address(office: Office, language: str = "en") -> str:
    return f"/{language}/administration/offices/{office.reference}/transfer/"


def words(client: Client, office: Office, values: dict[str, str] | None = None) -> str:
    response = client.post(address(office), values) if values else client.get(address(office))
    return " ".join(response.content.decode().split())


def unchanged(office: Office) -> bool:
    return Office.objects.get().status == OfficeStatus.ACTIVE


@pytest.mark.usefixtures("administrator")
def test_what_will_happen_is_said_before_anything_does(client: Client, office: Office) -> None:
    GrantFactory.create_batch(2, office=office)
    InvitationFactory.create(office=office, expires_at=datetime(2099, 1, 1, tzinfo=UTC))

    found = words(client, office, ASKED)

    assert "2 people lose access at once." in found
    assert "1 open invitation is withdrawn." in found
    assert "No appointment is coming" in found
    assert "nobody’s access moves over" in found
    assert "Hon. Nova Testwright" in found
    assert "November 16, 2026" in found
    assert unchanged(office)


def test_a_confirmed_transfer_closes_the_office_and_opens_the_next(
    client: Client, administrator: Person, office: Office
) -> None:
    GrantFactory.create(office=office)

    response = client.post(address(office), ASKED | CONFIRMED)

    new = Office.objects.get(status=OfficeStatus.ACTIVE)
    assert response["Location"] == f"/en/administration/offices/{new.reference}/"
    old = Office.objects.get(pk=office.pk)
    assert (old.status, old.status_reason, old.successor) == ("closed", "resignation", new)
    assert (old.until, new.since) == (date(2026, 11, 16), date(2026, 11, 16))
    assert (new.honorific, new.legislator, new.source_id) == ("Hon.", "Nova Testwright", "99001")
    assert (new.district, new.language) == (office.district, "fr")
    assert not old.grants.filter(ends_at=None).exists()
    assert not new.grants.exists()
    done = Event.objects.filter(actor_id=administrator.pk).values_list("action", flat=True)
    assert {"people.office_closed", "people.office_opened", "people.successor_named"} <= set(done)


@pytest.mark.usefixtures("administrator")
def test_what_was_said_travels_to_the_confirmation_and_back(client: Client, office: Office) -> None:
    confirmation = words(client, office, ASKED)
    for name, value in ASKED.items():
        assert f'type="hidden" name="{name}" value="{value}"' in confirmation

    again = words(client, office, ASKED | {"change": "yes"})

    assert "Nova Testwright" in again
    assert "What will happen" not in again
    assert unchanged(office)


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"legislator": ""}, "Enter a name."),
        ({"since": ""}, "Enter a date."),
        ({"since": "soon"}, "Enter a valid date"),
        ({"source_id": "abc"}, "Use digits only."),
        ({"reason": "boredom"}, "Select a valid choice"),
    ],
)
def test_what_is_not_understood_is_asked_again_even_if_it_comes_confirmed(
    client: Client, office: Office, typed: dict[str, str], said: str
) -> None:
    assert said in words(client, office, ASKED | CONFIRMED | typed)
    assert unchanged(office)


@pytest.mark.usefixtures("administrator")
def test_a_legislator_who_sits_elsewhere_is_refused_with_the_next_step(
    client: Client, office: Office
) -> None:
    OfficeFactory.create(source_id="99001")

    found = words(client, office, ASKED | CONFIRMED)

    assert "has an open office already" in found
    assert "Nova Testwright" in found
    assert Office.objects.get(pk=office.pk).status == "active"


@pytest.mark.usefixtures("administrator")
def test_a_closed_office_is_followed_by_the_one_that_is_open_in_its_seat(client: Client) -> None:
    office = OfficeFactory.create(closed=True)
    heir = OfficeFactory.create(district=office.district)
    GrantFactory.create(office=heir)

    asked = words(client, office)
    client.post(address(office), CONFIRMED)

    assert heir.reference in asked
    assert "nobody loses access" in asked
    assert 'name="legislator"' not in asked
    assert Office.objects.get(pk=office.pk).successor == heir
    assert heir.grants.filter(ends_at=None).count() == 1


@pytest.mark.usefixtures("administrator")
def test_an_empty_seat_is_taken_without_asking_again_why_it_is_empty(client: Client) -> None:
    office = OfficeFactory.create(closed=True)

    assert 'name="reason"' not in words(client, office)
    client.post(address(office), ASKED | CONFIRMED)

    old = Office.objects.get(pk=office.pk)
    assert old.successor is not None
    assert (old.status_reason, old.until) == ("resignation", office.until)


@pytest.mark.usefixtures("administrator")
def test_a_senator_is_followed_by_a_new_one_or_by_one_who_has_an_office(client: Client) -> None:
    first, second, heir = (OfficeFactory.create(senate=True) for _ in range(3))
    named = ASKED | {"heir": "existing", "reference": heir.reference}

    assert 'name="source_id"' not in words(client, first)
    for wrong in ("", "nobody", first.reference, OfficeFactory.create().reference):
        found = words(client, first, named | CONFIRMED | {"reference": wrong})
        assert "another active office of the Senate" in found
    client.post(address(first), named | CONFIRMED)
    client.post(address(second), ASKED | {"heir": "new"} | CONFIRMED)

    assert Office.objects.get(pk=first.pk).successor == heir
    new: Any = Office.objects.get(pk=second.pk).successor
    assert (new.legislator, new.chamber, new.district) == ("Nova Testwright", "senate", None)
    assert new.province == second.province


@pytest.mark.usefixtures("administrator")
def test_an_office_is_followed_once(client: Client, office: Office) -> None:
    client.post(address(office), ASKED | CONFIRMED)

    response = client.post(address(office), ASKED | CONFIRMED | {"source_id": "99002"})

    assert response["Location"] == f"/en/administration/offices/{office.reference}/"
    assert Office.objects.count() == 2


@pytest.mark.usefixtures("administrator")
def test_the_offices_page_leads_there_until_somebody_follows(
    client: Client, office: Office
) -> None:
    page = f"/en/administration/offices/{office.reference}/"

    assert address(office) in client.get(page).content.decode()
    client.post(address(office), ASKED | CONFIRMED)

    assert address(office) not in client.get(page).content.decode()


@pytest.mark.usefixtures("administrator")
def test_the_page_takes_few_queries(
    client: Client, office: Office, django_assert_max_num_queries: Any
) -> None:
    client.get(address(office))

    # Session, person, roles; the office; its seat; people, invitations and appointments counted.
    with django_assert_max_num_queries(8):
        client.get(address(office))
