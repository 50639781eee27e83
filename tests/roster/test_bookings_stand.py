"""What is booked stays booked, whatever happens to the hours it was booked from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.forms.models import model_to_dict

from comptoir.domain import grid
from comptoir.domain.periods import Period
from comptoir.liaison.actions import changing
from comptoir.liaison.models import Appointment, Claim, Reason, Side
from comptoir.liaison.queries import times
from comptoir.people.actions import grants, persons
from comptoir.people.models import Grant, Person, Role
from comptoir.roster.actions import absences, closures, patterns, professionals, publishing
from comptoir.roster.models import AbsenceKind, OfferedHours, Professional
from tests.liaison.factories import NOW, AppointmentFactory, PolicyFactory, at
from tests.people.factories import OfficeFactory, PersonFactory
from tests.roster.factories import ProfessionalFactory, full_week

pytestmark = pytest.mark.django_db

WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def anna() -> Professional:
    """Works 8 to 16, published."""
    found = ProfessionalFactory.create(code="anna")
    full_week(found)
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)
    PolicyFactory.create()
    return found


@pytest.fixture
def lead() -> Person:
    return PersonFactory.create()


def absent(anna: Professional, by: Person) -> None:
    absences.record_absence(
        professional=anna,
        kind=AbsenceKind.SICK,
        period=Period(at(WEDNESDAY, 6), at(WEDNESDAY, 21)),
        by=by,
        now=NOW,
    )


def closed(anna: Professional, by: Person) -> None:
    closures.add_closed_day(
        on=WEDNESDAY, name_en="Storm", name_fr="Tempête", reason="Snow", by=by, now=NOW
    )


def fewer_hours(anna: Professional, by: Person) -> None:
    rows = [patterns.Row(2, time(8), time(10))]
    patterns.set_pattern(professional=anna, rows=rows, valid_from=WEDNESDAY, by=by, now=NOW)


def day_off(anna: Professional, by: Person) -> None:
    patterns.add_exception(professional=anna, on=WEDNESDAY, hours=[], by=by, now=NOW)


def left(anna: Professional, by: Person) -> None:
    professionals.change_professional(
        professional=anna,
        languages=["en"],
        skills=[],
        time_zone=anna.time_zone,
        active=False,
        by=by,
        now=NOW,
    )


def shut_out(anna: Professional, by: Person) -> None:
    persons.deactivate(person=anna.person, reason="Left the department", by=by, now=NOW)
    publishing.publish_horizon(by=None, now=NOW)


def role_ended(anna: Professional, by: Person) -> None:
    grants.end_grant(grant=Grant.objects.get(person=anna.person), reason="Moved", by=by, now=NOW)
    publishing.publish_horizon(by=None, now=NOW)


def role_will_end(anna: Professional, by: Person) -> None:
    last_day = WEDNESDAY - timedelta(days=1)
    grants.set_last_day(
        grant=Grant.objects.get(person=anna.person), last_day=last_day, by=by, now=NOW
    )
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)


CHANGES = [absent, closed, fewer_hours, day_off, left, shut_out, role_ended, role_will_end]


@pytest.mark.parametrize("change", CHANGES)
def test_an_appointment_and_its_claims_stand(
    anna: Professional, lead: Person, change: Callable[[Professional, Person], None]
) -> None:
    booked = AppointmentFactory.create(starts_at=at(WEDNESDAY, 10), minutes=45)
    appointment, claims = model_to_dict(booked), list(Claim.objects.order_by("starts_at").values())

    change(anna, lead)

    assert model_to_dict(Appointment.objects.get()) == appointment
    assert list(Claim.objects.order_by("starts_at").values()) == claims
    assert len(claims) == 3


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_sold_and_is_no_longer_worked_can_be_told_from_masks_and_claims(
    anna: Professional, lead: Person, change: Callable[[Professional, Person], None]
) -> None:
    AppointmentFactory.create(starts_at=at(WEDNESDAY, 10), minutes=30)

    change(anna, lead)

    mask = OfferedHours.objects.get().mask
    sold = list(Claim.objects.values_list("bit", flat=True))
    assert all(not bit & mask for bit in sold)


def test_time_given_up_after_an_absence_is_not_sold_again(anna: Professional, lead: Person) -> None:
    booked = AppointmentFactory.create(starts_at=at(WEDNESDAY, 10), minutes=30)
    absent(anna, lead)

    changing.cancel_appointment(
        appointment=booked, side=Side.CENTRE, reason=Reason.ABSENCE, by=lead, now=NOW
    )

    offered = times.find_times(office=OfficeFactory.create(), minutes=15, language="en", now=NOW)
    assert all(not day.starts for day in offered)


def test_only_what_is_free_is_sold_while_the_hours_change_around_a_booking(
    anna: Professional, lead: Person
) -> None:
    AppointmentFactory.create(starts_at=at(WEDNESDAY, 10), minutes=30)
    fewer_hours(anna, lead)

    offered = times.find_times(office=OfficeFactory.create(), minutes=15, language="en", now=NOW)

    starts = [start for day in offered if day.on == WEDNESDAY for start in day.starts]
    assert starts == [at(WEDNESDAY, 8) + i * grid.QUANTUM for i in range(8)]


def test_publishing_again_after_a_booking_changes_nothing(anna: Professional) -> None:
    AppointmentFactory.create(starts_at=at(WEDNESDAY, 10), minutes=30)

    again = publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)

    assert not again.changed


@pytest.mark.parametrize("ends", ["person", "role"])
def test_hours_of_who_has_just_lost_access_are_not_sold_before_the_next_publication(
    anna: Professional, lead: Person, ends: str
) -> None:
    if ends == "person":
        persons.deactivate(person=anna.person, reason="Left", by=lead, now=NOW)
    else:
        grant = Grant.objects.get(person=anna.person)
        grants.end_grant(grant=grant, reason="Moved", by=lead, now=NOW)
    assert OfferedHours.objects.get().mask

    offered = times.find_times(office=OfficeFactory.create(), minutes=15, language="en", now=NOW)

    assert all(not day.starts for day in offered)


def test_hours_of_who_has_the_role_again_are_on_offer_with_the_next_publication(
    anna: Professional, lead: Person
) -> None:
    role_ended(anna, lead)
    grants.grant_role(person=anna.person, role=Role.PROFESSIONAL, by=lead, now=NOW)

    publishing.publish_horizon(by=None, now=NOW)

    assert OfferedHours.objects.get(day__on=WEDNESDAY).mask


def test_nothing_is_sold_after_somebodys_last_day_even_before_it_is_published(
    anna: Professional, lead: Person
) -> None:
    """The last day is set now, the days are published anew within the hour: in between is a gap."""
    last_day = WEDNESDAY - timedelta(days=1)
    grants.set_last_day(
        grant=Grant.objects.get(person=anna.person), last_day=last_day, by=lead, now=NOW
    )

    offered = times.find_times(office=OfficeFactory.create(), minutes=15, language="en", now=NOW)

    assert OfferedHours.objects.get().mask
    assert all(not day.starts for day in offered)


def test_on_the_last_day_itself_everything_is_sold(anna: Professional, lead: Person) -> None:
    grants.set_last_day(
        grant=Grant.objects.get(person=anna.person), last_day=WEDNESDAY, by=lead, now=NOW
    )
    publishing.publish_horizon(by=None, now=NOW)

    offered = times.find_times(office=OfficeFactory.create(), minutes=15, language="en", now=NOW)

    assert max(day.on for day in offered if day.starts) == WEDNESDAY
    assert OfferedHours.objects.get(day__on=WEDNESDAY).mask
