"""Closing the centre for a day, and opening it again."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.audit.models import Event
from comptoir.people.models import Person
from comptoir.roster import queries
from comptoir.roster.actions import closures, publishing
from comptoir.roster.models import ClosedDay, OfferedHours
from tests.people.factories import PersonFactory
from tests.roster.factories import NOW, ProfessionalFactory, between, full_week

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def lead() -> Person:
    return PersonFactory.create()


def close(lead: Person, on: date = TUESDAY) -> closures.Closed:
    return closures.add_closed_day(
        on=on, name_en="Storm", name_fr="Tempête", reason="Roads are closed", by=lead, now=NOW
    )


def test_a_closed_day_says_who_entered_it_and_why(lead: Person) -> None:
    day = close(lead).day

    assert (day.entered_by, day.entered_at, day.reason) == (lead, NOW, "Roads are closed")
    assert TUESDAY in queries.closed_days(TUESDAY, TUESDAY)
    assert Event.objects.get(action="roster.day_closed").detail == {"on": "2026-11-24"}


def test_the_hours_of_a_closed_day_leave_the_offer_and_come_back(lead: Person) -> None:
    anna = ProfessionalFactory.create()
    full_week(anna)
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    closed = close(lead)

    assert [p.withdrawn for p in closed.publications] == [{anna.pk: between(8, 16)}]
    assert OfferedHours.objects.get().mask == 0

    closures.reopen_day(day=closed.day, by=lead, now=NOW)

    assert OfferedHours.objects.get().mask == between(8, 16)
    assert not ClosedDay.objects.exists()


def test_a_day_that_two_open_again_is_opened_once_on_the_trail(lead: Person) -> None:
    """Both have the page of the closed day before them."""
    full_week(ProfessionalFactory.create())
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)
    day = close(lead).day

    first = closures.reopen_day(day=day, by=lead, now=NOW)
    second = closures.reopen_day(day=day, by=PersonFactory.create(), now=NOW)

    assert [publication.changed for publication in first] == [True]
    assert second == []
    assert Event.objects.get(action="roster.day_reopened").actor_id == lead.pk


@pytest.mark.parametrize("on", [date(2026, 11, 28), date(2026, 12, 25)])
def test_a_day_closed_anyway_is_not_entered(lead: Person, on: date) -> None:
    with pytest.raises(closures.ClosedAnyway):
        close(lead, on)


def test_a_day_is_entered_once(lead: Person) -> None:
    close(lead)

    with pytest.raises(closures.ClosedAnyway):
        close(lead)


def test_a_day_that_is_over_is_neither_closed_nor_opened(lead: Person) -> None:
    with pytest.raises(closures.DayIsOver):
        close(lead, date(2026, 11, 20))

    day = ClosedDay.objects.create(
        on=date(2026, 11, 20),
        name_en="Storm",
        name_fr="Tempête",
        reason="",
        entered_by=lead,
        entered_at=NOW,
    )
    with pytest.raises(closures.CannotReopen):
        closures.reopen_day(day=day, by=lead, now=NOW)
