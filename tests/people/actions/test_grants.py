"""Giving and ending roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people import permissions
from comptoir.people.actions import grants
from comptoir.people.models import Grant, Role, Session
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_a_grant_has_a_date_a_grantor_and_an_audit_row() -> None:
    manager, person, office = PersonFactory.create(), PersonFactory.create(), OfficeFactory.create()

    grant = grants.grant_role(person=person, role=Role.DELEGATE, office=office, by=manager, now=NOW)

    assert (grant.starts_at, grant.granted_by, grant.ends_at) == (NOW, manager, None)
    assert permissions.standing_of(person, NOW).offices == (office,)
    event = Event.objects.get(action="people.role_granted")
    assert (event.actor_id, event.office_id, event.at) == (manager.pk, office.pk, NOW)


def test_a_person_may_hold_several_roles() -> None:
    person, office = PersonFactory.create(), OfficeFactory.create()

    grants.grant_role(person=person, role=Role.DELEGATE, office=office, by=None, now=NOW)
    grants.grant_role(person=person, role=Role.AUDITOR, by=None, now=NOW)

    assert permissions.standing_of(person, NOW).roles == {Role.DELEGATE, Role.AUDITOR}


def test_a_role_is_not_given_twice() -> None:
    grant = GrantFactory.create()

    with pytest.raises(grants.AlreadyGranted):
        grants.grant_role(
            person=grant.person, role=Role.DELEGATE, office=grant.office, by=None, now=NOW
        )


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_nobody_joins_an_office_that_is_not_active(state: str) -> None:
    office = OfficeFactory.create(**{state: True})

    with pytest.raises(grants.OfficeNotActive):
        grants.grant_role(
            person=PersonFactory.create(), role=Role.DELEGATE, office=office, by=None, now=NOW
        )


@pytest.mark.parametrize("role", Role)
def test_exactly_the_office_roles_belong_to_an_office(role: Role) -> None:
    office = None if role in (Role.DELEGATE, Role.OFFICE_MANAGER) else OfficeFactory.create()

    with pytest.raises(grants.RoleNeedsOffice):
        grants.grant_role(person=PersonFactory.create(), role=role, office=office, by=None, now=NOW)


def test_an_ended_role_gives_nothing_from_that_instant_on() -> None:
    grant, administrator = GrantFactory.create(), person_with(Role.ADMINISTRATOR)

    grants.end_grant(grant=grant, reason="left", by=administrator, now=NOW)

    before = permissions.standing_of(grant.person, NOW - timedelta(microseconds=1))
    assert before.roles == {Role.DELEGATE}
    assert permissions.standing_of(grant.person, NOW).roles == frozenset()
    ended = Grant.objects.get(pk=grant.pk)
    assert (ended.ends_at, ended.ended_by, ended.end_reason) == (NOW, administrator, "left")


def test_a_role_is_ended_once() -> None:
    grant = GrantFactory.create()
    grants.end_grant(grant=grant, reason="left", by=None, now=NOW)

    with pytest.raises(grants.AlreadyEnded):
        grants.end_grant(grant=grant, reason="left", by=None, now=NOW)


def test_the_end_of_the_last_role_drops_the_persons_sessions(client: Client) -> None:
    grant = GrantFactory.create()
    sign_in(client, grant.person)

    grants.end_grant(grant=grant, reason="left", by=None, now=NOW)

    assert not Session.objects.filter(person=grant.person).exists()


def test_a_person_who_keeps_a_role_stays_signed_in(client: Client) -> None:
    grant = GrantFactory.create()
    GrantFactory.create(person=grant.person)
    sign_in(client, grant.person)

    grants.end_grant(grant=grant, reason="left", by=None, now=NOW)

    assert Session.objects.filter(person=grant.person).exists()


def test_an_office_keeps_its_last_manager_unless_an_administrator_says_so() -> None:
    grant = GrantFactory.create(office_manager=True)

    with pytest.raises(grants.LastOfItsKind):
        grants.end_grant(grant=grant, reason="left", by=grant.person, now=NOW)
    grants.end_grant(grant=grant, reason="left", by=None, now=NOW, may_be_last=True)

    assert Grant.objects.get(pk=grant.pk).ends_at == NOW


def test_one_of_two_managers_may_go() -> None:
    first = GrantFactory.create(office_manager=True)
    GrantFactory.create(office_manager=True, office=first.office)

    grants.end_grant(grant=first, reason="left", by=first.person, now=NOW)

    assert Grant.objects.get(pk=first.pk).ends_at == NOW


def test_the_manager_of_another_office_does_not_count() -> None:
    first = GrantFactory.create(office_manager=True)
    GrantFactory.create(office_manager=True)

    with pytest.raises(grants.LastOfItsKind):
        grants.end_grant(grant=first, reason="left", by=first.person, now=NOW)


def test_the_service_never_loses_its_last_administrator() -> None:
    grant = GrantFactory.create(administrator=True)

    with pytest.raises(grants.LastOfItsKind):
        grants.end_grant(grant=grant, reason="left", by=None, now=NOW, may_be_last=True)


def test_an_administrator_who_was_deactivated_does_not_count() -> None:
    GrantFactory.create(administrator=True, person__is_active=False)
    grant = GrantFactory.create(administrator=True)

    with pytest.raises(grants.LastOfItsKind):
        grants.end_grant(grant=grant, reason="left", by=None, now=NOW)


def test_a_refused_grant_leaves_no_trace() -> None:
    grant = GrantFactory.create()

    with pytest.raises(grants.AlreadyGranted):
        grants.grant_role(
            person=grant.person, role=Role.DELEGATE, office=grant.office, by=None, now=NOW
        )

    assert not Event.objects.exists()
