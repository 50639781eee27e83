"""Who is told what concerns an office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comptoir.people.actions import grants, offices
from comptoir.people.models import Grant, Office, OfficeEnd, Person, Role
from comptoir.people.queries import people
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory, person_with

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


def member(office: Office, name: str, role: Role = Role.DELEGATE) -> Person:
    return person_with(role, office=office, name=name)


def leave(person: Person, *, at: datetime = NOW) -> None:
    grants.end_all(
        grants=Grant.objects.filter(person=person, ends_at=None), reason="left", by=None, now=at
    )


def test_managers_come_before_the_others_each_in_the_order_of_their_names(office: Office) -> None:
    zoe = member(office, "Zoé", Role.OFFICE_MANAGER)
    ben = member(office, "Ben")
    ada = member(office, "Ada")
    eve = member(office, "Ève", Role.OFFICE_MANAGER)

    assert people.readers_of(office, NOW) == [eve, zoe, ada, ben]


def test_whoever_holds_both_roles_is_there_once_among_the_managers(office: Office) -> None:
    ada = member(office, "Ada")
    zoe = member(office, "Zoé")
    GrantFactory.create(person=zoe, office=office, role=Role.OFFICE_MANAGER)

    assert people.readers_of(office, NOW) == [zoe, ada]


def test_access_that_ended_has_not_begun_or_is_to_another_office_does_not_count(
    office: Office,
) -> None:
    member(OfficeFactory.create(), "Of another office")
    leave(member(office, "Left"))
    GrantFactory.create(office=office, starts_at=NOW + DAY)
    GrantFactory.create(office=office, person=PersonFactory.create(is_active=False))

    assert people.readers_of(office, NOW) == []


@pytest.mark.parametrize("step", ["suspend", "close"])
def test_an_office_that_ended_is_told_through_those_whose_access_ended_with_it(
    office: Office, step: str
) -> None:
    leave(member(office, "Left before"), at=NOW - DAY)
    gone = member(office, "Deactivated since")
    last = member(office, "There to the end")
    if step == "suspend":
        office = offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)
    else:
        office = offices.close(
            office=office, reason=OfficeEnd.RESIGNATION, until=NOW.date(), by=None, now=NOW
        )
    Person.objects.filter(pk=gone.pk).update(is_active=False)

    assert people.readers_of(office, NOW + DAY) == [last]


def suspend(office: Office, at: datetime) -> Office:
    return offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=at)


def close(office: Office, at: datetime) -> Office:
    return offices.close(
        office=office, reason=OfficeEnd.RESIGNATION, until=at.date(), by=None, now=at
    )


def test_those_of_a_suspended_office_are_still_told_once_it_is_closed(office: Office) -> None:
    leave(member(office, "Left before"), at=NOW - DAY)
    last = member(office, "There to the end")
    office = suspend(office, NOW)

    office = close(office, NOW + DAY)

    assert people.readers_of(office, NOW + DAY) == [last]


def test_whoever_lost_access_with_an_earlier_suspension_is_not_told_of_what_came_after(
    office: Office,
) -> None:
    member(office, "Not taken back")
    office = suspend(office, NOW)
    office = offices.reopen(office=office, by=None, now=NOW + DAY)
    anew = member(office, "Joined anew")
    Grant.objects.filter(person=anew).update(starts_at=NOW + DAY)

    assert people.readers_of(close(office, NOW + 2 * DAY), NOW + 2 * DAY) == [anew]


def test_whoever_was_taken_back_is_told_when_the_office_ends_for_good(office: Office) -> None:
    last = member(office, "There to the end")
    office = suspend(office, NOW)
    office = offices.reopen(office=office, restore_access=True, by=None, now=NOW + DAY)

    assert people.readers_of(close(office, NOW + 2 * DAY), NOW + 2 * DAY) == [last]
