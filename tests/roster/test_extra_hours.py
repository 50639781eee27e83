"""Extra hours: asked for, decided, and on offer only when approved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.domain.periods import Period
from comptoir.liaison.queries import times
from comptoir.people.models import Office, Person, Role
from comptoir.roster.actions import extra_hours, publishing
from comptoir.roster.models import ExtraHours, OfferedHours, Professional, ReservedHours
from tests.liaison.factories import PolicyFactory
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory, person_with
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ClosedDayFactory,
    ProfessionalFactory,
    between,
    full_week,
)

pytestmark = pytest.mark.django_db

WEDNESDAY = date(2026, 11, 25)
FOUR = datetime(2026, 11, 25, 21, tzinfo=UTC)
"""16:00 in Montréal, when the usual hours end."""


@pytest.fixture
def anna() -> Professional:
    found = ProfessionalFactory.create(code="anna")
    full_week(found)
    return found


@pytest.fixture
def lead() -> Person:
    return PersonFactory.create()


def ask(
    anna: Professional, start: datetime = FOUR, hours: float = 2, now: datetime = NOW
) -> ExtraHours:
    return extra_hours.request_extra_hours(
        professional=anna,
        period=Period(start, start + timedelta(hours=hours)),
        purpose="Cases left over from the storm",
        by=PersonFactory.create(),
        now=now,
    )


def test_a_request_puts_nothing_on_offer(anna: Professional) -> None:
    ask(anna)

    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)

    assert OfferedHours.objects.get().mask == between(8, 16)


def test_approved_hours_are_on_offer_at_once_on_a_published_day(
    anna: Professional, lead: Person
) -> None:
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)
    extra = ask(anna)

    changed = extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)

    approved = changed.extra
    assert (approved.approved_by, approved.approved_at) == (lead, NOW)
    assert changed.added == 8
    assert OfferedHours.objects.get().mask == between(8, 18)
    assert ReservedHours.objects.get().mask == between(16, 18)


def test_approved_hours_are_offered_to_the_offices_they_are_for_and_to_no_other(
    anna: Professional, lead: Person
) -> None:
    PolicyFactory.create()
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)
    favoured, other = OfficeFactory.create(), OfficeFactory.create()
    extra = extra_hours.request_extra_hours(
        professional=anna,
        period=Period(FOUR, FOUR + timedelta(hours=2)),
        offices=[favoured],
        purpose="A flood in the riding",
        by=lead,
        now=NOW,
    )
    extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)

    def last_start(office: Office) -> datetime:
        offered = times.find_times(office=office, minutes=15, language="en", now=NOW)
        return max(start for day in offered for start in day.starts)

    assert last_start(favoured) == FOUR + timedelta(hours=1, minutes=45)
    assert last_start(other) == FOUR - timedelta(minutes=15)


def test_declined_hours_are_never_on_offer(anna: Professional, lead: Person) -> None:
    extra = ask(anna)

    declined = extra_hours.decline_extra_hours(extra=extra, by=lead, now=NOW)
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)

    assert (declined.declined_by, declined.declined_at) == (lead, NOW)
    assert OfferedHours.objects.get().mask == between(8, 16)


def test_a_request_is_decided_once(anna: Professional, lead: Person) -> None:
    approved, declined = ask(anna), ask(anna, FOUR + timedelta(hours=2), 1)
    extra_hours.approve_extra_hours(extra=approved, by=lead, now=NOW)
    extra_hours.decline_extra_hours(extra=declined, by=lead, now=NOW)

    for extra in (approved, declined):
        for decide in (extra_hours.approve_extra_hours, extra_hours.decline_extra_hours):
            with pytest.raises(extra_hours.AlreadyDecided):
                decide(extra=extra, by=lead, now=NOW)


@pytest.mark.parametrize("own", ["asked for", "worked"])
def test_ones_own_hours_are_approved_by_another_lead_if_there_is_one(
    anna: Professional, own: str
) -> None:
    one, other = person_with(Role.TEAM_LEAD), person_with(Role.TEAM_LEAD)
    extra = ask(anna)
    if own == "asked for":
        ExtraHours.objects.update(requested_by=one)
    else:
        Professional.objects.update(person=one)

    with pytest.raises(extra_hours.OwnRequest):
        extra_hours.approve_extra_hours(extra=extra, by=one, now=NOW)
    assert ExtraHours.objects.get().approved_at is None

    changed = extra_hours.approve_extra_hours(extra=extra, by=other, now=NOW)
    assert changed.extra.approved_by == other


def test_the_only_lead_in_force_approves_what_they_asked_for(anna: Professional) -> None:
    one = person_with(Role.TEAM_LEAD)
    GrantFactory.create(team_lead=True, ends_at=NOW)
    extra = ask(anna)
    ExtraHours.objects.update(requested_by=one)

    extra_hours.approve_extra_hours(extra=extra, by=one, now=NOW)

    assert ExtraHours.objects.get().approved_by == one


def test_a_lead_takes_back_their_own_request_without_anybody(anna: Professional) -> None:
    one, _other = person_with(Role.TEAM_LEAD), person_with(Role.TEAM_LEAD)
    extra = ask(anna)
    ExtraHours.objects.update(requested_by=one)

    declined = extra_hours.decline_extra_hours(extra=extra, by=one, now=NOW)

    assert declined.declined_by == one


def test_hours_that_are_over_are_not_approved(anna: Professional, lead: Person) -> None:
    extra = ask(anna)

    with pytest.raises(extra_hours.TooLate):
        extra_hours.approve_extra_hours(extra=extra, by=lead, now=FOUR + timedelta(hours=2))


def test_hours_in_the_past_are_not_asked_for(anna: Professional) -> None:
    with pytest.raises(extra_hours.InThePast):
        ask(anna, NOW - timedelta(hours=1))


def test_hours_begin_and_end_on_a_quarter_hour(anna: Professional) -> None:
    with pytest.raises(extra_hours.NotWholeQuarters):
        ask(anna, FOUR + timedelta(minutes=5))


@pytest.mark.parametrize("on", [date(2026, 11, 28), date(2026, 12, 25), date(2026, 11, 26)])
def test_hours_are_not_asked_for_when_the_centre_is_closed(anna: Professional, on: date) -> None:
    ClosedDayFactory.create(on=date(2026, 11, 26))

    with pytest.raises(extra_hours.CentreClosed):
        ask(anna, datetime(on.year, on.month, on.day, 21, tzinfo=UTC))


def test_hours_outside_the_service_day_could_not_be_offered(anna: Professional) -> None:
    with pytest.raises(extra_hours.OutsideServiceDay):
        ask(anna, FOUR + timedelta(hours=4))


def test_hours_that_are_worked_anyway_are_not_extra(anna: Professional) -> None:
    with pytest.raises(extra_hours.NothingExtra):
        ask(anna, FOUR - timedelta(hours=3))


def test_the_same_hours_are_asked_for_once_unless_they_were_declined(
    anna: Professional, lead: Person
) -> None:
    first = ask(anna)

    with pytest.raises(extra_hours.AskedAlready):
        ask(anna, FOUR + timedelta(hours=1))

    extra_hours.decline_extra_hours(extra=first, by=lead, now=NOW)
    assert ask(anna).pk != first.pk


def test_the_trail_says_who_asked_and_who_approved(anna: Professional, lead: Person) -> None:
    extra = ask(anna)
    extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)

    events = Event.objects.filter(object_id=str(extra.pk), object_type="roster.ExtraHours")

    assert [(e.action, e.actor_name) for e in events.order_by("pk")] == [
        ("roster.extra_hours_requested", extra.requested_by.name),
        ("roster.extra_hours_approved", lead.name),
    ]


def test_hours_inside_an_absence_are_neither_asked_for_nor_approved(
    anna: Professional, lead: Person
) -> None:
    extra = ask(anna)
    AbsenceFactory.create(professional=anna, starts_at=FOUR + timedelta(hours=1))

    with pytest.raises(extra_hours.Absent):
        extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)
    with pytest.raises(extra_hours.Absent):
        ask(anna, FOUR + timedelta(hours=2), 1)
    assert not ExtraHours.objects.filter(approved_at__isnull=False).exists()


def test_an_absence_that_was_withdrawn_or_ends_when_they_begin_is_no_obstacle(
    anna: Professional, lead: Person
) -> None:
    AbsenceFactory.create(professional=anna, withdrawn_at=NOW, withdrawn_by=lead, starts_at=FOUR)
    AbsenceFactory.create(professional=anna, starts_at=FOUR - timedelta(hours=4))

    assert ask(anna).pk


def test_hours_that_were_withdrawn_leave_the_offer_and_can_be_asked_for_again(
    anna: Professional, lead: Person
) -> None:
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)
    extra = ask(anna)
    extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)

    changed = extra_hours.withdraw_extra_hours(extra=extra, by=lead, now=NOW)

    assert (changed.extra.withdrawn_by, changed.extra.withdrawn_at) == (lead, NOW)
    assert OfferedHours.objects.get().mask == between(8, 16)
    assert not ReservedHours.objects.exists()
    assert Event.objects.filter(action="roster.extra_hours_withdrawn").count() == 1
    assert ask(anna).pk != extra.pk


def test_only_approved_hours_are_withdrawn_once_and_before_they_are_over(
    anna: Professional, lead: Person
) -> None:
    extra = ask(anna)
    with pytest.raises(extra_hours.NotApproved):
        extra_hours.withdraw_extra_hours(extra=extra, by=lead, now=NOW)
    extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW)

    with pytest.raises(extra_hours.AlreadyOver):
        extra_hours.withdraw_extra_hours(extra=extra, by=lead, now=FOUR + timedelta(hours=2))
    extra_hours.withdraw_extra_hours(extra=extra, by=lead, now=NOW)
    with pytest.raises(extra_hours.NotApproved):
        extra_hours.withdraw_extra_hours(extra=extra, by=lead, now=NOW)
