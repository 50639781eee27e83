"""Changing people and their sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people import permissions
from comptoir.people.actions import contact_points, persons, sessions
from comptoir.people.models import Language, Person, Role, Session
from tests.people.factories import OfficeAddressFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_an_address_belongs_to_one_person_whatever_its_capitals() -> None:
    PersonFactory.create(email="someone@people.example")

    with pytest.raises(persons.AddressTaken):
        persons.add_person(
            email="SomeOne@people.example",
            name="Another",
            language=Language.ENGLISH,
            time_zone="America/Toronto",
            by=None,
            now=NOW,
        )


def test_a_changed_name_changes_its_place_in_lists() -> None:
    person = PersonFactory.create(name="Zoé Tremblay")

    persons.change_details(
        person=person,
        name="Émilie Tremblay",
        language=Language.FRENCH,
        time_zone="America/Montreal",
        by=person,
        now=NOW,
    )

    changed = Person.objects.get()
    assert (changed.name, changed.sort_name) == ("Émilie Tremblay", "emilie tremblay")
    assert Event.objects.get().detail["fields"] == ["language", "name", "time_zone"]


def test_the_trail_of_a_changed_address_does_not_hold_the_address() -> None:
    person = PersonFactory.create()

    persons.change_address(
        person=person, email="New@people.example", by=person_with(Role.ADMINISTRATOR), now=NOW
    )

    assert Person.objects.get(pk=person.pk).email == "new@people.example"
    assert "people.example" not in str(Event.objects.get().detail)


def test_a_changed_address_signs_the_person_out(client: Client) -> None:
    person = PersonFactory.create()
    sign_in(client, person)

    persons.change_address(
        person=person, email="new@people.example", by=person_with(Role.ADMINISTRATOR), now=NOW
    )

    assert not Session.objects.filter(person=person).exists()


def test_a_deactivated_person_has_no_access_and_no_session(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    sign_in(client, person)

    persons.deactivate(person=person, reason="left", by=person_with(Role.ADMINISTRATOR), now=NOW)

    assert permissions.standing_of(person, NOW).roles == frozenset()
    assert not Session.objects.filter(person=person).exists()
    assert not Person.objects.get(pk=person.pk).is_active


def test_a_reactivated_person_has_to_be_given_roles_anew() -> None:
    administrator, person = person_with(Role.ADMINISTRATOR), person_with(Role.DELEGATE)
    persons.deactivate(person=person, reason="left", by=administrator, now=NOW)

    persons.reactivate(person=person, by=administrator, now=NOW)

    assert Person.objects.get(pk=person.pk).is_active
    assert permissions.standing_of(person, NOW).roles == frozenset()


def test_the_last_administrator_cannot_be_shut_out() -> None:
    administrator = person_with(Role.ADMINISTRATOR)

    with pytest.raises(persons.LastAdministrator):
        persons.deactivate(person=administrator, reason="left", by=administrator, now=NOW)


def test_signing_out_elsewhere_keeps_the_session_at_hand() -> None:
    person, here, elsewhere = PersonFactory.create(), Client(), Client()
    sign_in(here, person)
    sign_in(elsewhere, person)
    sign_in(Client(), PersonFactory.create())
    keep = here.session.session_key
    assert keep is not None

    count = sessions.sign_out_elsewhere(person=person, keep=keep, by=person, now=NOW)

    assert count == 1
    assert Session.objects.get(person=person).session_key == keep
    assert Session.objects.count() == 2


def test_addresses_come_and_go_with_a_trail() -> None:
    administrator = person_with(Role.ADMINISTRATOR)
    address = OfficeAddressFactory.build(office=OfficeAddressFactory.create().office)

    contact_points.save(point=address, by=administrator, now=NOW)
    address.city = "Gatineau"
    contact_points.save(point=address, by=administrator, now=NOW)
    contact_points.remove(point=address, by=administrator, now=NOW)

    assert list(Event.objects.order_by("pk").values_list("action", flat=True)) == [
        "people.office_address_added",
        "people.office_address_changed",
        "people.office_address_removed",
    ]
