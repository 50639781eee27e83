"""The first administrator is let in from the machine, once, and invites everybody else."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from comptoir.audit.models import Event
from comptoir.people.models import Grant, Person, Role
from comptoir.ui import clock
from tests.people.factories import PersonFactory, person_with

pytestmark = pytest.mark.django_db


def let_in(email: str = "Ada@Example.org", name: str = "Ada Lovelace", *options: str) -> str:
    printed = io.StringIO()
    call_command("administrator", email, name, *options, stdout=printed)
    return printed.getvalue()


def test_a_house_with_nobody_in_it_gets_an_administrator() -> None:
    printed = let_in("Ada@Example.org", "Ada Lovelace", "--language", "fr")

    grant = Grant.objects.in_force(clock.now()).get()
    assert (grant.person.email, grant.person.language) == ("ada@example.org", "fr")
    assert grant.role == Role.ADMINISTRATOR
    assert grant.granted_by is None
    assert "ada@example.org" in printed


def test_the_trail_says_that_the_service_did_it() -> None:
    let_in()

    actions = set(Event.objects.values_list("action", "actor_name"))
    assert actions == {("people.person_added", "Comptoir"), ("people.role_granted", "Comptoir")}


def test_somebody_known_keeps_name_and_roles() -> None:
    known = PersonFactory.create(email="ada@example.org", name="Ada King")

    let_in()

    assert Person.objects.get().name == "Ada King"
    assert Grant.objects.get(role=Role.ADMINISTRATOR).person == known


def test_a_second_one_is_invited_on_the_pages_and_not_here() -> None:
    person_with(Role.ADMINISTRATOR)

    with pytest.raises(CommandError, match="already"):
        let_in()

    assert Person.objects.count() == 1


def test_when_the_last_administrator_is_gone_the_machine_lets_one_in_again() -> None:
    gone = person_with(Role.ADMINISTRATOR)
    Grant.objects.filter(person=gone).update(ends_at=clock.now())

    let_in()

    assert Grant.objects.in_force(clock.now()).get().person.email == "ada@example.org"


def test_what_is_no_address_is_named() -> None:
    with pytest.raises(CommandError, match="'ada' is no e-mail address"):
        let_in("ada")


def test_somebody_shut_out_does_not_come_back_this_way() -> None:
    PersonFactory.create(email="ada@example.org", is_active=False)

    with pytest.raises(CommandError, match="shut out"):
        let_in()

    assert not Grant.objects.exists()
