"""The secret address of an office's calendar: who makes it, what it opens, when it stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.liaison.actions import feeding
from comptoir.liaison.models import CalendarFeed
from comptoir.people.actions import grants
from comptoir.people.models import Grant, Office, Person, Role
from tests.liaison.factories import NOW, AppointmentFactory
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


@pytest.fixture
def maker(office: Office) -> Person:
    return person_with(Role.DELEGATE, office=office)


@pytest.fixture
def page(client: Client, maker: Person) -> Client:
    return sign_in(client, maker)


def make(page: Client, office: Office) -> str:
    """A new address, as the page shows it."""
    made = page.post(reverse("liaison:make-feed", args=[office.reference]), follow=True)
    return str(made.context["address"])


def read(address: str) -> int:
    """What a calendar program, which is signed in to nothing, is answered."""
    return Client().get(address.removeprefix(settings.ADDRESS)).status_code


def end_access(person: Person) -> None:
    held = Grant.objects.filter(person=person, ends_at=None)
    grants.end_all(grants=held, reason="left", by=None, now=NOW)


def test_it_shows_the_offices_appointments_to_a_program_and_names_nobody(
    page: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)
    elsewhere = AppointmentFactory.create(starts_at=appointment.starts_at + timedelta(hours=1))

    address = make(page, office)
    calendar = Client().get(address.removeprefix(settings.ADDRESS))

    text = calendar.content.decode()
    assert calendar.status_code == 200
    assert str(appointment.uid) in text
    assert str(elsewhere.uid) not in text
    assert "ATTENDEE" not in text


def test_the_secret_itself_is_kept_nowhere(page: Client, office: Office) -> None:
    address = make(page, office)

    feed = CalendarFeed.objects.get()
    assert address.rsplit("/", 1)[1].removesuffix(".ics") not in feed.secret_hash


def test_its_address_is_the_services_own_whatever_name_the_browser_used(
    page: Client, office: Office
) -> None:
    page.defaults["HTTP_HOST"] = "127.0.0.1"

    assert make(page, office).startswith(f"{settings.ADDRESS}/en/feed/")


def test_it_stops_when_it_is_revoked(page: Client, office: Office) -> None:
    address = make(page, office)
    feed = CalendarFeed.objects.get()

    page.post(reverse("liaison:revoke-feed", args=[office.reference, feed.pk]))

    assert read(address) == 404


def test_what_was_revoked_or_is_another_offices_cannot_be_revoked(
    page: Client, office: Office
) -> None:
    make(page, office)
    own = CalendarFeed.objects.get()
    other = CalendarFeed.objects.create(
        office=OfficeFactory.create(), person=own.person, secret_hash="x", created_at=NOW
    )
    revoke = [reverse("liaison:revoke-feed", args=[office.reference, f.pk]) for f in (own, other)]

    answers = [page.post(address).status_code for address in (revoke[0], *revoke)]

    assert answers == [302, 404, 404]


def test_of_two_who_revoke_it_the_first_stands_on_the_trail(
    page: Client, office: Office, maker: Person
) -> None:
    """Both have loaded the page before either presses."""
    make(page, office)
    feed = CalendarFeed.objects.get()

    feeding.revoke_feed(feed=feed, by=maker, now=NOW)
    feeding.revoke_feed(feed=feed, by=PersonFactory.create(), now=NOW + timedelta(minutes=1))

    assert Event.objects.get(action="feed.revoked").actor_id == maker.pk
    assert CalendarFeed.objects.get().revoked_at == NOW


def test_it_stops_when_its_makers_access_ends(page: Client, office: Office, maker: Person) -> None:
    address = make(page, office)
    assert read(address) == 200

    end_access(maker)

    assert read(address) == 404


def test_it_stops_when_its_maker_is_deactivated(
    page: Client, office: Office, maker: Person
) -> None:
    address = make(page, office)

    Person.objects.filter(pk=maker.pk).update(is_active=False)

    assert read(address) == 404


def test_its_makers_access_to_another_office_does_not_keep_it_open(
    page: Client, office: Office, maker: Person
) -> None:
    address = make(page, office)
    end_access(maker)

    GrantFactory.create(person=maker, office=OfficeFactory.create())

    assert read(address) == 404


def test_it_stops_when_the_office_closes(page: Client, office: Office) -> None:
    address = make(page, office)

    Office.objects.filter(pk=office.pk).update(status="closed", status_reason="resignation")

    assert read(address) == 404


def test_a_new_address_can_be_read_again_for_ten_minutes_by_who_made_it(
    page: Client, office: Office, traveller: time_machine.Traveller
) -> None:
    address = make(page, office)
    own_page = reverse("liaison:make-feed", args=[office.reference])
    assert page.get(own_page).context["address"] == address

    colleague = sign_in(Client(), person_with(Role.DELEGATE, office=office))
    assert colleague.get(own_page).status_code == 302

    traveller.shift(timedelta(minutes=10))
    assert page.get(own_page).status_code == 302
    assert CalendarFeed.objects.count() == 1
