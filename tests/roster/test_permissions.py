"""Who reaches whose hours, and what only a team lead reaches."""

from __future__ import annotations

import pytest
from django.http import Http404

from comptoir.people.models import Person, Role
from comptoir.people.permissions import Standing, standing_of
from comptoir.roster import permissions
from comptoir.roster.models import Professional
from tests.people.factories import person_with
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ClosedDayFactory,
    ExtraHoursFactory,
    ProfessionalFactory,
)

pytestmark = pytest.mark.django_db


def standing(person: Person) -> Standing:
    return standing_of(person, NOW)


@pytest.fixture
def anna() -> Professional:
    return ProfessionalFactory.create(person=person_with(Role.PROFESSIONAL))


def test_a_professional_reaches_themselves_and_no_colleague(anna: Professional) -> None:
    colleague = ProfessionalFactory.create()
    own = standing(anna.person)

    assert permissions.get_professional_for(own, anna.code) == anna
    with pytest.raises(Http404):
        permissions.get_professional_for(own, colleague.code)
    assert list(permissions.professionals_for(own)) == [anna]


def test_a_team_lead_reaches_everybody(anna: Professional) -> None:
    lead = standing(person_with(Role.TEAM_LEAD))

    assert permissions.get_professional_for(lead, anna.code) == anna
    with pytest.raises(Http404):
        permissions.get_professional_for(lead, "no-such-code")


def test_absences_requests_and_closed_days_are_a_team_leads(anna: Professional) -> None:
    absence = AbsenceFactory.create(professional=anna)
    extra = ExtraHoursFactory.create(professional=anna)
    day = ClosedDayFactory.create()
    lead, own = standing(person_with(Role.TEAM_LEAD)), standing(anna.person)

    assert permissions.get_absence_for(lead, absence.pk) == absence
    assert permissions.get_extra_hours_for(lead, extra.pk) == extra
    assert permissions.get_closed_day_for(lead, day.pk) == day
    for get, pk in (
        (permissions.get_absence_for, absence.pk),
        (permissions.get_extra_hours_for, extra.pk),
        (permissions.get_closed_day_for, day.pk),
    ):
        with pytest.raises(Http404):
            get(own, pk)
        with pytest.raises(Http404):
            get(lead, 999_999)
