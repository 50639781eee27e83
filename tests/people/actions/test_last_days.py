"""An access whose end is known in advance: chosen, changed, cleared, and never the office's undoing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.people import permissions
from comptoir.people.actions import grants, invitations, offices, persons
from comptoir.people.actions.last_days import LastDayOutOfRange
from comptoir.people.models import Grant, Invitation, Language, OfficeEnd, Role
from comptoir.people.queries import people
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeFactory,
    PersonFactory,
    person_with,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LAST = date(2026, 12, 18)
END_IN_VANCOUVER = datetime(2026, 12, 19, 7, 0, tzinfo=UTC)
"""Vancouver keeps daylight time all year from 2026 on."""
END_IN_TORONTO = datetime(2026, 12, 19, 5, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def set_last_day(grant: Grant, last_day: date | None, **options: Any) -> Grant:
    return grants.set_last_day(
        grant=grant, last_day=last_day, **({"by": None, "now": NOW} | options)
    )


# --- Giving ---


def test_access_lasts_to_the_end_of_its_last_day_in_the_offices_zone() -> None:
    office, person = OfficeFactory.create(time_zone="America/Vancouver"), PersonFactory.create()

    grants.grant_role(
        person=person, role=Role.DELEGATE, office=office, last_day=LAST, by=None, now=NOW
    )

    assert permissions.standing_of(person, END_IN_VANCOUVER - INSTANT).offices == (office,)
    assert permissions.standing_of(person, END_IN_VANCOUVER).offices == ()


def test_the_last_day_of_a_role_of_the_centre_is_a_day_of_the_centre() -> None:
    person = PersonFactory.create()

    grant = grants.grant_role(person=person, role=Role.AUDITOR, last_day=LAST, by=None, now=NOW)

    assert grant.ends_at == END_IN_TORONTO


def test_who_gave_the_role_also_set_its_end_and_the_trail_says_the_day() -> None:
    manager = person_with(Role.OFFICE_MANAGER)
    office = manager.grants.get().office

    grant = grants.grant_role(
        person=PersonFactory.create(),
        role=Role.DELEGATE,
        office=office,
        last_day=LAST,
        by=manager,
        now=NOW,
    )

    assert (grant.ended_by, grant.end_reason, grant.until) == (manager, "", LAST)
    assert Event.objects.get(action="people.role_granted").detail["last_day"] == "2026-12-18"


@pytest.mark.parametrize(
    ("last_day", "fits"),
    [
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), True),
        (date(2036, 11, 22), True),
        (date(2037, 1, 1), False),
        (date.max, False),
    ],
)
def test_a_last_day_is_today_or_later_and_of_this_age(last_day: date, fits: bool) -> None:
    grant = GrantFactory.create()

    if fits:
        assert set_last_day(grant, last_day).last_day == last_day
    else:
        with pytest.raises(LastDayOutOfRange):
            set_last_day(grant, last_day)


def test_today_is_the_offices_today() -> None:
    """Late in the evening in Vancouver, when it is tomorrow in Toronto."""
    grant = GrantFactory.create(office__time_zone="America/Vancouver")

    changed = set_last_day(grant, date(2026, 11, 23), now=datetime(2026, 11, 24, 6, 0, tzinfo=UTC))

    assert changed.ends_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_a_role_with_an_end_to_come_is_not_given_twice() -> None:
    grant = set_last_day(GrantFactory.create(), LAST)
    values: dict[str, Any] = {"person": grant.person, "role": Role.DELEGATE, "by": None}

    with pytest.raises(grants.AlreadyGranted):
        grants.grant_role(**values, office=grant.office, now=END_IN_TORONTO - INSTANT)

    assert grants.grant_role(**values, office=grant.office, now=END_IN_TORONTO).ends_at is None


# --- Changing ---


def test_a_last_day_is_set_changed_and_cleared_with_a_row_in_the_trail_each_time() -> None:
    manager, grant = person_with(Role.OFFICE_MANAGER), GrantFactory.create()

    set_last_day(grant, LAST, by=manager)
    set_last_day(grant, date(2027, 1, 31), by=manager)
    cleared = set_last_day(grant, None, by=manager)

    assert (cleared.last_day, cleared.ends_at, cleared.ended_by) == (None, None, None)
    written = Event.objects.order_by("pk").values_list("action", "detail__last_day", "office_id")
    assert list(written) == [
        ("people.last_day_set", "2026-12-18", grant.office_id),
        ("people.last_day_set", "2027-01-31", grant.office_id),
        ("people.last_day_cleared", None, grant.office_id),
    ]
    assert {event.actor_id for event in Event.objects.all()} == {manager.pk}


def test_the_same_day_once_more_changes_nothing() -> None:
    grant = set_last_day(GrantFactory.create(), LAST)

    set_last_day(grant, LAST)

    assert Event.objects.count() == 1


def test_what_has_ended_is_not_given_another_end() -> None:
    grant = set_last_day(GrantFactory.create(), LAST)

    with pytest.raises(grants.AlreadyEnded):
        set_last_day(grant, None, now=END_IN_TORONTO)
    with pytest.raises(grants.AlreadyEnded):
        grants.end_grant(grant=grant, reason="left", by=None, now=END_IN_TORONTO)


def test_who_leaves_before_their_last_day_has_left() -> None:
    grant = set_last_day(GrantFactory.create(), LAST)

    ended = grants.end_grant(grant=grant, reason="left", by=None, now=NOW)

    assert (ended.ends_at, ended.last_day, ended.end_reason) == (NOW, LAST, "left")
    assert ended.until == NOW
    assert people.history_of(grant.person, NOW)[0].has_ended(NOW)


# --- The last of its kind ---


def test_the_only_manager_and_the_only_administrator_stay_without_an_end() -> None:
    manager = GrantFactory.create(office_manager=True)
    administrator = GrantFactory.create(administrator=True)

    with pytest.raises(grants.LastOfItsKind):
        set_last_day(manager, LAST)
    with pytest.raises(grants.LastOfItsKind):
        set_last_day(administrator, LAST, may_be_last=True)

    assert set_last_day(manager, LAST, may_be_last=True).last_day == LAST


@pytest.mark.parametrize(
    ("others_day", "may_go"), [(None, True), (LAST, True), (date(2026, 12, 17), False)]
)
def test_a_manager_goes_if_another_stays_as_long(others_day: date | None, may_go: bool) -> None:
    leaving = GrantFactory.create(office_manager=True)
    other = GrantFactory.create(office_manager=True, office=leaving.office)
    set_last_day(leaving, LAST, may_be_last=True)
    if others_day:
        set_last_day(other, others_day, may_be_last=True)

    if may_go:
        grants.end_grant(grant=leaving, reason="left", by=None, now=NOW)
    else:
        with pytest.raises(grants.LastOfItsKind):
            grants.end_grant(grant=leaving, reason="left", by=None, now=NOW)
        with pytest.raises(grants.LastOfItsKind):
            set_last_day(leaving, date(2026, 12, 1))


def test_an_administrator_who_will_leave_does_not_stand_in_for_one_who_stays() -> None:
    leaving = GrantFactory.create(administrator=True)
    staying = GrantFactory.create(administrator=True)
    set_last_day(leaving, LAST)

    with pytest.raises(persons.LastAdministrator):
        persons.deactivate(person=staying.person, reason="left", by=leaving.person, now=NOW)

    persons.deactivate(person=leaving.person, reason="left", by=staying.person, now=NOW)


def test_the_last_day_of_the_only_manager_may_still_be_put_off() -> None:
    grant = set_last_day(GrantFactory.create(office_manager=True), LAST, may_be_last=True)

    assert set_last_day(grant, date(2027, 1, 31)).last_day == date(2027, 1, 31)
    assert set_last_day(grant, None).ends_at is None


# --- Everything else that ends access ---


def test_whoever_is_shut_out_keeps_no_access_that_was_to_end_later() -> None:
    grant = set_last_day(GrantFactory.create(), LAST)

    persons.deactivate(
        person=grant.person, reason="left", by=person_with(Role.ADMINISTRATOR), now=NOW
    )
    persons.reactivate(
        person=grant.person, by=person_with(Role.ADMINISTRATOR), now=NOW + timedelta(hours=1)
    )

    later = NOW + timedelta(hours=2)
    assert permissions.standing_of(grant.person, later).roles == frozenset()


def test_a_suspended_office_gives_access_back_up_to_the_day_that_was_chosen() -> None:
    office = OfficeFactory.create()
    stays, over, open_ended = (GrantFactory.create(office=office) for _ in range(3))
    set_last_day(stays, LAST)
    set_last_day(over, date(2026, 11, 24))
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=NOW)
    assert people.people_of(office, NOW) == []
    later = NOW + timedelta(days=3)

    offices.reopen(office=office, restore_access=True, by=None, now=later)

    back = {grant.person: grant.last_day for grant in people.people_of(office, later)}
    assert back == {stays.person: LAST, open_ended.person: None}
    assert over.person not in back


# --- Inviting ---


def invited(last_day: date | None) -> Invitation:
    return invitations.invite(
        email="new@people.example",
        name="New Delegate",
        language=Language.ENGLISH,
        role=Role.DELEGATE,
        office=OfficeFactory.create(),
        last_day=last_day,
        time_zone="America/Toronto",
        by=None,
        now=NOW,
    )


def accept(invitation: Invitation, now: datetime) -> Any:
    return invitations.accept(
        invitation=invitation,
        name="New Delegate",
        language=Language.ENGLISH,
        time_zone="America/Toronto",
        now=now,
    )


def test_who_is_invited_up_to_a_day_has_access_up_to_that_day() -> None:
    person = accept(invited(LAST), NOW + timedelta(days=1))

    assert (person.grants.get().last_day, person.grants.get().ends_at) == (LAST, END_IN_TORONTO)


def test_an_invitation_is_not_open_for_longer_than_what_it_offers() -> None:
    short, long = invited(date(2026, 11, 25)), InvitationFactory.build()

    assert short.expires_at == datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
    assert long.last_day is None
    with pytest.raises(invitations.InvitationClosed):
        accept(short, short.expires_at)


def test_nobody_is_invited_up_to_a_day_that_is_over() -> None:
    with pytest.raises(LastDayOutOfRange):
        invited(date(2026, 11, 22))
    assert not Invitation.objects.exists()
