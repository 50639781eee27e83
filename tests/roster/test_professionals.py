"""Who is on the roster, and what follows when that changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.roster.actions import professionals, publishing
from comptoir.roster.models import OfferedHours, Professional, ServiceDay
from tests.people.factories import PersonFactory
from tests.roster.factories import NOW, ProfessionalFactory, between, full_week

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


def enter(**values: Any) -> Professional:
    wanted = {
        "person": PersonFactory.create(),
        "code": "anna",
        "languages": ["fr", "en"],
        "time_zone": "America/Toronto",
        **values,
    }
    return professionals.enter_professional(**wanted, by=None, now=NOW)


def change(professional: Professional, **values: Any) -> Professional:
    wanted = {
        "languages": professional.languages,
        "skills": professional.skills,
        "time_zone": professional.time_zone,
        "active": professional.active,
        **values,
    }
    return professionals.change_professional(
        professional=professional, **wanted, by=PersonFactory.create(), now=NOW
    )


def test_a_person_is_put_on_the_roster() -> None:
    found = enter(skills=["study", "family"])

    assert (found.languages, found.skills, found.active) == (
        ["en", "fr"],
        ["family", "study"],
        True,
    )
    assert Event.objects.filter(action="roster.professional_entered").count() == 1


def test_a_professional_speaks_something() -> None:
    with pytest.raises(professionals.SpeaksNothing):
        enter(languages=[])
    with pytest.raises(professionals.SpeaksNothing):
        change(enter(), languages=[])


def test_neither_a_person_nor_a_code_is_entered_twice() -> None:
    first = enter()

    with pytest.raises(professionals.AlreadyProfessional):
        enter(person=first.person, code="other")
    with pytest.raises(professionals.AlreadyProfessional):
        enter(code="anna")


def test_hours_move_with_the_zone() -> None:
    anna = ProfessionalFactory.create()
    full_week(anna)
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    change(anna, time_zone="America/Halifax")

    assert OfferedHours.objects.get().mask == between(7, 15)


def test_who_stops_taking_appointments_offers_nothing_from_then_on() -> None:
    anna = ProfessionalFactory.create()
    full_week(anna)
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    change(anna, active=False)

    assert OfferedHours.objects.get().mask == 0


def test_no_change_writes_nothing_and_a_language_publishes_nothing() -> None:
    anna = ProfessionalFactory.create()
    full_week(anna)
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    change(anna)
    assert not Event.objects.filter(action="roster.professional_changed").exists()

    change(anna, languages=["fr"])
    assert Event.objects.get(action="roster.professional_changed").detail == {
        "fields": ["languages"]
    }
    assert ServiceDay.objects.get().version == 1
