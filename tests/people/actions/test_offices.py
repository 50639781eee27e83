"""The life of an office."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people import permissions
from comptoir.people.actions import grants, offices
from comptoir.people.models import (
    Grant,
    Invitation,
    Language,
    Office,
    OfficeEnd,
    OfficeStatus,
    Role,
    Session,
)
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeAddressFactory,
    OfficeFactory,
    OfficeTelephoneFactory,
    person_with,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SINCE = date(2026, 11, 16)


def test_a_suspension_ends_everybodys_access_at_once(client: Client) -> None:
    office = OfficeFactory.create()
    delegate = GrantFactory.create(office=office)
    manager = GrantFactory.create(office_manager=True, office=office)
    sign_in(client, delegate.person)

    offices.suspend(office=office, reason=OfficeEnd.RESIGNATION, by=None, now=NOW)

    for grant in (delegate, manager):
        assert permissions.standing_of(grant.person, NOW).roles == frozenset()
    assert not Session.objects.filter(person=delegate.person).exists()


def test_a_suspended_office_keeps_its_records() -> None:
    office = OfficeFactory.create()
    GrantFactory.create(office=office)
    OfficeAddressFactory.create(office=office)
    OfficeTelephoneFactory.create(office=office)

    offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)

    kept = Office.objects.get(pk=office.pk)
    assert (kept.status, kept.status_reason, kept.status_at) == ("suspended", "vacancy", NOW)
    assert (kept.addresses.count(), kept.telephones.count()) == (1, 1)
    assert kept.grants.count() == 1


def test_access_to_another_office_survives() -> None:
    office = OfficeFactory.create()
    grant = GrantFactory.create(office=office)
    other = GrantFactory.create(person=grant.person)

    offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)

    standing = permissions.standing_of(grant.person, NOW)
    assert standing.offices == (other.office,)


def test_a_suspension_withdraws_open_invitations() -> None:
    office = OfficeFactory.create()
    InvitationFactory.create(office=office)

    offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)

    assert Invitation.objects.get().withdrawn_at == NOW


def test_a_reopened_office_starts_without_people() -> None:
    office = OfficeFactory.create()
    GrantFactory.create(office=office)
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=NOW)

    office = offices.reopen(office=office, by=None, now=NOW + timedelta(days=40))

    assert (office.status, office.status_reason) == (OfficeStatus.ACTIVE, "")
    assert not Grant.objects.in_force(NOW + timedelta(days=41)).exists()


def test_reopening_may_give_access_back_to_those_who_lost_it_then() -> None:
    office = OfficeFactory.create()
    kept, left = GrantFactory.create_batch(2, office=office)
    later = NOW + timedelta(days=40)
    grants.end_grant(grant=left, reason="left", by=None, now=NOW - timedelta(days=1))
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=NOW)

    offices.reopen(office=office, restore_access=True, by=None, now=later)

    holders = Grant.objects.in_force(later).values_list("person_id", flat=True)
    assert list(holders) == [kept.person.pk]


def test_a_closed_office_stays_closed() -> None:
    office = OfficeFactory.create()
    offices.close(
        office=office, reason=OfficeEnd.RESIGNATION, until=date(2026, 11, 20), by=None, now=NOW
    )

    with pytest.raises(offices.WrongStatus):
        offices.reopen(office=office, by=None, now=NOW)
    with pytest.raises(offices.WrongStatus):
        offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)


def test_a_suspended_office_may_be_closed() -> None:
    office = OfficeFactory.create(suspended=True)

    closed = offices.close(
        office=office, reason=OfficeEnd.BY_ELECTION, until=date(2026, 11, 20), by=None, now=NOW
    )

    assert (closed.status, closed.until) == ("closed", date(2026, 11, 20))


def test_an_office_does_not_end_before_it_began() -> None:
    office = OfficeFactory.create(since=date(2026, 11, 1))

    closed = offices.close(
        office=office, reason=OfficeEnd.OTHER, until=date(2020, 1, 1), by=None, now=NOW
    )

    assert closed.until == date(2026, 11, 1)


def successor_of(office: Office) -> Office:
    return OfficeFactory.build(
        district=office.district, province=office.province, since=date(2026, 11, 16)
    )


def test_a_seat_that_changes_hands_gets_a_new_office_without_the_old_people() -> None:
    office = OfficeFactory.create()
    grant = GrantFactory.create(office=office)
    successor = successor_of(office)

    offices.transfer(
        office=office,
        successor=successor,
        reason=OfficeEnd.BY_ELECTION,
        since=SINCE,
        by=None,
        now=NOW,
    )

    old = Office.objects.get(pk=office.pk)
    assert (old.status, old.successor, old.until) == ("closed", successor, date(2026, 11, 16))
    assert (successor.status, successor.grants.count()) == ("active", 0)
    assert permissions.standing_of(grant.person, NOW).offices == ()


def test_a_successor_sits_in_the_same_seat() -> None:
    office, elsewhere = OfficeFactory.create(), OfficeFactory.build(senate=True)

    with pytest.raises(offices.SuccessorDoesNotFit):
        offices.transfer(
            office=office,
            successor=elsewhere,
            reason=OfficeEnd.BY_ELECTION,
            since=SINCE,
            by=None,
            now=NOW,
        )
    assert Office.objects.get().status == "active"


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_nobody_is_followed_by_an_office_that_is_not_active(state: str) -> None:
    office, heir = (
        OfficeFactory.create(senate=True),
        OfficeFactory.create(senate=True, **{state: True}),
    )

    with pytest.raises(offices.SuccessorDoesNotFit):
        offices.transfer(
            office=office, successor=heir, reason=OfficeEnd.OTHER, since=SINCE, by=None, now=NOW
        )


def test_a_senator_may_be_followed_by_one_who_has_an_office_whose_people_stay() -> None:
    office, heir = OfficeFactory.create(senate=True), OfficeFactory.create(senate=True)
    stays, leaves = GrantFactory.create(office=heir), GrantFactory.create(office=office)

    offices.transfer(
        office=office, successor=heir, reason=OfficeEnd.RESIGNATION, since=SINCE, by=None, now=NOW
    )

    old = Office.objects.get(pk=office.pk)
    assert (old.status, old.successor, old.until) == ("closed", heir, SINCE)
    assert permissions.standing_of(stays.person, NOW).offices == (heir,)
    assert permissions.standing_of(leaves.person, NOW).offices == ()


def test_a_seat_that_stood_empty_is_taken_by_a_new_office() -> None:
    office = OfficeFactory.create(closed=True)
    ended_on = office.until

    offices.transfer(
        office=office,
        successor=successor_of(office),
        reason=OfficeEnd.BY_ELECTION,
        since=SINCE,
        by=None,
        now=NOW,
    )

    old = Office.objects.get(pk=office.pk)
    assert old.successor is not None
    assert (old.until, old.status_reason) == (ended_on, "resignation")
    assert old.successor.district == office.district


def test_a_seat_in_which_an_office_is_open_is_not_taken_twice() -> None:
    office = OfficeFactory.create(closed=True)
    OfficeFactory.create(district=office.district)

    with pytest.raises(offices.SeatTaken):
        offices.transfer(
            office=office,
            successor=successor_of(office),
            reason=OfficeEnd.BY_ELECTION,
            since=SINCE,
            by=None,
            now=NOW,
        )


def test_a_successor_is_named_once_and_on_record() -> None:
    office = OfficeFactory.create(closed=True)
    heir = OfficeFactory.create(district=office.district)
    administrator = person_with(Role.ADMINISTRATOR)

    offices.name_successor(office=office, successor=heir, by=administrator, now=NOW)

    event = Event.objects.get(action="people.successor_named")
    assert (event.actor_id, event.office_id) == (administrator.pk, office.pk)
    assert event.detail["successor"] == heir.pk
    with pytest.raises(offices.WrongStatus):
        offices.name_successor(office=office, successor=heir, by=administrator, now=NOW)
    with pytest.raises(offices.WrongStatus):
        offices.name_successor(office=heir, successor=office, by=administrator, now=NOW)


def test_a_new_office_is_numbered_after_all_those_its_seat_has_had() -> None:
    office = OfficeFactory.create(district__code="35012", reference="35012-1")

    for number in (2, 3):
        successor = offices.transfer(
            office=office,
            successor=successor_of(office),
            reason=OfficeEnd.BY_ELECTION,
            since=SINCE,
            by=None,
            now=NOW,
        )
        assert successor.reference == f"35012-{number}"
        office = successor


def test_a_failed_transfer_leaves_the_old_office_as_it_was() -> None:
    office = OfficeFactory.create()
    GrantFactory.create(office=office)
    successor = successor_of(office)
    OfficeFactory.create(source_id=successor.source_id)

    with pytest.raises(offices.LegislatorSits):
        offices.transfer(
            office=office,
            successor=successor,
            reason=OfficeEnd.BY_ELECTION,
            since=SINCE,
            by=None,
            now=NOW,
        )

    assert Office.objects.get(pk=office.pk).status == "active"
    assert Grant.objects.get().ends_at is None


def test_dissolution_suspends_the_commons_and_not_the_senate() -> None:
    OfficeFactory.create_batch(2)
    OfficeFactory.create(senate=True)
    OfficeFactory.create(closed=True)

    count = offices.dissolve(proclaimed_on=NOW.date(), by=person_with(Role.ADMINISTRATOR), now=NOW)

    assert count == 2
    reasons = Office.objects.filter(status="suspended").values_list("status_reason", flat=True)
    assert list(reasons) == ["dissolution", "dissolution"]
    assert Office.objects.active().get().chamber == "senate"


def test_settings_that_do_not_change_leave_no_trace() -> None:
    office = OfficeFactory.create()
    by = person_with(Role.ADMINISTRATOR)

    def change(time_zone: str) -> Office:
        return offices.change_settings(
            office=office,
            language=Language.ENGLISH,
            time_zone=time_zone,
            remind_day_before=True,
            remind_hour_before=True,
            by=by,
            now=NOW,
        )

    change("America/Toronto")
    assert not Event.objects.exists()
    assert change("America/Winnipeg").time_zone == "America/Winnipeg"
    assert Event.objects.get().detail["fields"] == ["time_zone"]


def test_each_step_of_an_offices_life_leaves_a_trail() -> None:
    office = OfficeFactory.create()
    offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=NOW)
    offices.reopen(office=office, by=None, now=NOW)
    offices.close(office=office, reason=OfficeEnd.OTHER, until=office.since, by=None, now=NOW)

    trail = Event.objects.filter(office_id=office.pk).order_by("pk")
    assert list(trail.values_list("action", flat=True)) == [
        "people.office_suspended",
        "people.office_reopened",
        "people.office_closed",
    ]
