"""Whom a matter may be handed to: who is there, each once under the role that answers for it first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.enquiries.actions import referring
from comptoir.enquiries.forms.referrals import ROLES
from comptoir.enquiries.models import READS, Referral, ReferralKind
from comptoir.enquiries.queries import referrals as queries
from comptoir.people.models import Grant, Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, person
from tests.people.signing_in import sign_in
from tests.roster.factories import AbsenceFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def names(first: Role = Role.TEAM_LEAD) -> list[tuple[Role, list[str]]]:
    return [(role, [each.name for each in people]) for role, people in queries.offered(NOW, first)]


def professional(name: str) -> Person:
    found = person(Role.PROFESSIONAL, name=name)
    ProfessionalFactory.create(person=found)
    return found


def absent(who: Person, *, withdrawn: bool = False) -> None:
    AbsenceFactory.create(
        professional=who.professional,
        starts_at=NOW - HOUR,
        ends_at=NOW + HOUR,
        withdrawn_at=NOW if withdrawn else None,
    )


def test_every_role_that_may_be_handed_a_matter_has_its_place_and_its_name() -> None:
    assert sorted(queries.IN_ORDER) == sorted(READS)
    assert ROLES.keys() == set(READS)


def test_everybody_stands_once_under_the_first_of_their_roles() -> None:
    lead = person(Role.TEAM_LEAD, name="Lea Lead")
    Grant.objects.create(person=lead, role=Role.AGENT, starts_at=NOW - HOUR, granted_by=lead)
    person(name="Zoe Agent")
    person(name="Ada Agent")
    person(Role.PRIVACY_OFFICER, name="Otto Officer")
    professional("Pia Professional")
    person(Role.DELEGATE, name="Dora Delegate")

    assert names() == [
        (Role.TEAM_LEAD, ["Lea Lead"]),
        (Role.PROFESSIONAL, ["Pia Professional"]),
        (Role.PRIVACY_OFFICER, ["Otto Officer"]),
        (Role.AGENT, ["Ada Agent", "Zoe Agent"]),
    ]


def test_a_breach_is_offered_to_the_privacy_officers_first() -> None:
    person(Role.TEAM_LEAD, name="Lea Lead")
    person(Role.PRIVACY_OFFICER, name="Otto Officer")

    assert [role for role, _people in names(Role.PRIVACY_OFFICER)] == [
        Role.PRIVACY_OFFICER,
        Role.TEAM_LEAD,
    ]


def test_who_is_away_is_not_offered() -> None:
    away, back = professional("Gone Today"), professional("Back Today")
    absent(away)
    absent(back, withdrawn=True)
    agent(person=person(name="Idle Agent"), active=False)

    assert names() == [(Role.PROFESSIONAL, ["Back Today"])]


def test_a_lead_who_takes_no_enquiries_is_offered_as_a_lead() -> None:
    lead = person(Role.TEAM_LEAD, name="Lea Lead")
    Grant.objects.create(person=lead, role=Role.AGENT, starts_at=NOW - HOUR, granted_by=lead)
    agent(person=lead, active=False)

    assert names() == [(Role.TEAM_LEAD, ["Lea Lead"])]


def test_they_are_found_by_one_query_however_many_they_are() -> None:
    for number in range(5):
        person(name=f"Agent {number}")

    with CaptureQueriesContext(connection) as asked:
        names()

    assert len(asked) == 1


def test_the_form_shows_them_under_their_roles() -> None:
    by, lead = person(name="Ada Agent"), person(Role.TEAM_LEAD, name="Lea Lead")
    person(name="Bea Agent")
    address = reverse("enquiries:hand-on", args=[enquiry().reference])

    said = sign_in(Client(), by).get(address).content.decode()

    assert said.index('label="Team leads"') < said.index(lead.name)
    assert said.index(lead.name) < said.index('label="Agents"') < said.index(">Bea Agent<")


def test_nothing_is_handed_to_who_has_no_role_in_which_they_could_read_it() -> None:
    by = person()
    for owner in (person(Role.DELEGATE), person(Role.AUDITOR)):
        with pytest.raises(referring.CannotAnswer):
            referring.refer(
                enquiry=enquiry(),
                kind=ReferralKind.URGENT,
                unit="The unit",
                owner=owner,
                reason="It cannot wait",
                by=by,
                now=NOW,
            )

    assert not Referral.objects.exists()
