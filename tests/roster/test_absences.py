"""Absences take time off the offer at once, and bookings stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.domain.periods import Period
from comptoir.roster.actions import absences, publishing
from comptoir.roster.models import Absence, AbsenceKind, OfferedHours, Professional, ServiceDay
from tests.people.factories import PersonFactory
from tests.roster.factories import NOW, ProfessionalFactory, between, full_week

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def anna() -> Professional:
    found = ProfessionalFactory.create(code="anna")
    full_week(found)
    return found


def away(
    anna: Professional, start: datetime = TEN, hours: float = 2, now: datetime = NOW
) -> absences.Recorded:
    return absences.record_absence(
        professional=anna,
        kind=AbsenceKind.SICK,
        period=Period(start, start + timedelta(hours=hours)),
        by=PersonFactory.create(),
        now=now,
    )


def publish(*dates: date) -> None:
    for on in dates:
        publishing.publish_day(on=on, by=None, now=NOW)


def mask(on: date = TUESDAY) -> int:
    return OfferedHours.objects.get(day__on=on).mask


def test_an_absence_leaves_the_offer_of_a_published_day_at_once(anna: Professional) -> None:
    publish(TUESDAY)

    recorded = away(anna)

    assert mask() == between(8, 10) | between(12, 16)
    assert [p.withdrawn for p in recorded.publications] == [{anna.pk: between(10, 12)}]
    assert recorded.absence.entered_at == NOW


def test_an_absence_over_several_days_refreshes_each_published_one(anna: Professional) -> None:
    thursday = date(2026, 11, 26)
    publish(TUESDAY, date(2026, 11, 25), thursday)

    away(anna, hours=48)

    masks = OfferedHours.objects.order_by("day__on").values_list("mask", flat=True)
    assert list(masks) == [between(8, 10), 0, between(10, 16)]
    assert list(ServiceDay.objects.values_list("version", flat=True)) == [2, 2, 2]


def test_a_day_that_is_over_keeps_what_was_on_offer(anna: Professional) -> None:
    publish(TUESDAY)

    recorded = away(anna, now=TEN + timedelta(days=1))

    assert recorded.publications == []
    assert mask() == between(8, 16)


def test_a_day_not_published_yet_will_know_of_the_absence(anna: Professional) -> None:
    away(anna)

    publish(TUESDAY)

    assert mask() == between(8, 10) | between(12, 16)


def test_the_second_record_of_one_absence_is_refused(anna: Professional) -> None:
    away(anna)

    with pytest.raises(absences.AlreadyAbsent):
        away(anna, TEN + timedelta(hours=1), hours=1)

    assert Absence.objects.count() == 1


def test_an_absence_longer_than_a_year_is_a_typing_error(anna: Professional) -> None:
    with pytest.raises(absences.AbsenceTooLong):
        away(anna, hours=24 * 500)


def test_time_of_a_withdrawn_absence_is_on_offer_again(anna: Professional) -> None:
    publish(TUESDAY)
    recorded = away(anna)
    lead = PersonFactory.create()

    back = absences.withdraw_absence(absence=recorded.absence, by=lead, now=NOW)

    assert mask() == between(8, 16)
    assert [p.added for p in back.publications] == [{anna.pk: between(10, 12)}]
    assert (back.absence.withdrawn_by, back.absence.withdrawn_at) == (lead, NOW)


def test_an_absence_is_withdrawn_once(anna: Professional) -> None:
    recorded = away(anna)
    by = PersonFactory.create()
    absences.withdraw_absence(absence=recorded.absence, by=by, now=NOW)

    with pytest.raises(absences.AlreadyWithdrawn):
        absences.withdraw_absence(absence=recorded.absence, by=by, now=NOW)


def test_the_trail_says_who_recorded_and_withdrew_without_saying_why(anna: Professional) -> None:
    recorded = away(anna)
    absences.withdraw_absence(absence=recorded.absence, by=PersonFactory.create(), now=NOW)

    events = Event.objects.filter(action__startswith="roster.absence").order_by("pk")

    assert [event.action for event in events] == [
        "roster.absence_recorded",
        "roster.absence_withdrawn",
    ]
    assert events[0].detail["professional"] == anna.pk
