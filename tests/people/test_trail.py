"""The audit trail as it is read: sentences in both languages, found by their words, complete on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from comptoir.audit import actions as audit
from comptoir.audit.models import Event
from comptoir.people import trail_words
from comptoir.people.actions import grants, persons, sending
from comptoir.people.models import Grant, Invitation, Person, Role
from comptoir.roster.models import ServiceDay
from comptoir.ui import times
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    ProfessionalFactory,
    consent_case,
    open_day,
)
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeFactory,
    PersonFactory,
    person_with,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

OTHERS_KEY = 7_700_077
"""Long enough not to stand in a page by accident."""
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client: Client) -> Person:
    person = person_with(Role.AUDITOR)
    sign_in(client, person)
    return person


def record(action: str, **changes: Any) -> None:
    values: dict[str, Any] = {"action": action, "subject": Person, "by": None, "now": NOW}
    audit.record(**(values | changes))


def trail(client: Client, language: str = "en", **filters: str) -> str:
    client.post(f"/{language}/trail/", filters or {"clear": "yes"})
    return " ".join(client.get(f"/{language}/trail/").content.decode().split())


@pytest.mark.usefixtures("auditor")
def test_an_event_is_a_sentence_with_its_code_beside_it_in_either_language(client: Client) -> None:
    record("appointment.cancelled", detail={"notice_minutes": 90, "reason": "mistake"})

    english, french = trail(client), trail(client, "fr")

    assert "Cancelled an appointment" in english
    assert "minutes of notice: 90" in english
    assert "reason: Booked by mistake" in english
    assert "Cancelled an appointment" not in french
    assert "Annulation d’un rendez-vous" in french
    assert all("appointment.<wbr>cancelled" in page for page in (english, french))


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "how many people are affected, where it happened"),
        ("fr", "combien de personnes sont touchées, où c’est arrivé"),
    ],
)
def test_what_was_learned_of_a_breach_stands_in_words(
    client: Client, language: str, says: str
) -> None:
    record("breach.completed", detail={"fields": ["people_affected", "place"]})

    assert says in trail(client, language)


@pytest.mark.usefixtures("auditor")
def test_a_code_of_another_version_stands_for_itself(client: Client) -> None:
    record("people.never_heard_of", detail={"never_heard_of": 7})

    assert "people.never_heard_of" in trail(client)


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "cancelled an"),
        ("en", "CANCELLED"),
        ("en", "appointment.cancelled"),
        ("fr", "annulation"),
        ("fr", "Annulation d’un rendez"),
    ],
)
def test_events_are_found_by_words_of_their_sentence_or_by_their_code(
    client: Client, language: str, words: str
) -> None:
    record("appointment.cancelled", detail={"notice_minutes": 90})
    record("people.role_granted", detail={"person": OTHERS_KEY})
    assert f"{OTHERS_KEY}" in trail(client, language)

    found = trail(client, language, action=words)

    assert "90" in found
    assert f"{OTHERS_KEY}" not in found


@pytest.mark.usefixtures("auditor")
def test_words_that_no_sentence_has_find_nothing_and_an_accent_more_or_less_does_not_matter(
    client: Client,
) -> None:
    record("appointment.cancelled")
    record("people.reactivated", detail={"person": 77})

    assert "Nothing was found" in trail(client, action="zzz")
    with translation.override("fr"):
        assert "people.reactivated" in trail_words.codes_saying("reactivation")


@pytest.mark.usefixtures("auditor")
def test_the_filters_in_force_are_said_beside_the_list(client: Client) -> None:
    found = trail(client, actor="somebody", verb="saw", first="2026-11-01", last="2026-11-30")

    assert "Only these events:" in found
    for said in ("Who: somebody", "What kind: Saw", "From: November 1, 2026"):
        assert said in found
    assert "Only these events:" not in trail(client)


@pytest.mark.usefixtures("auditor")
def test_what_an_event_is_about_goes_by_its_name_its_number_and_its_office(client: Client) -> None:
    office = OfficeFactory.create(reference="35012-1")
    grant = GrantFactory.create(office=office)
    record("people.role_granted", subject=grant, office_id=office.pk, detail={"role": grant.role})

    found, french = trail(client), trail(client, "fr")

    assert f"Access<br>{grant.person.name}<br>" in found
    assert f"no. {grant.pk}" in found
    assert f"nº {grant.pk}" in french
    assert "role: Delegate" in found
    assert "35012-1" in found


@pytest.mark.usefixtures("auditor")
def test_a_case_goes_by_its_appointment_and_a_day_by_its_date(client: Client) -> None:
    open_day(professionals=[ProfessionalFactory.create()])
    case = AppointmentFactory.create(cases=[consent_case()]).case_lines.get()
    record("case.prepared", subject=case)
    record("roster.day_published", subject=ServiceDay.objects.get())

    found = trail(client)

    assert f"Case<br>{case.appointment.reference}<br>" in found
    assert case.question not in found
    assert f"Day<br>{times.plain_date(DAY, language='en')}<br>" in found


@pytest.mark.usefixtures("auditor")
def test_what_is_gone_keeps_its_number_and_what_stands_for_many_has_none(client: Client) -> None:
    gone = InvitationFactory.create(name="Gone Meanwhile")
    record("people.invited", subject=gone)
    record("people.invitations_disposed", subject=Invitation)
    number = gone.pk
    Invitation.objects.all().delete()

    found = trail(client)

    assert "Gone Meanwhile" not in found
    assert f'Invitation<br><span class="quiet">no. {number}</span>' in found
    assert found.count("no. ") == 1


@pytest.mark.usefixtures("auditor")
def test_more_events_of_one_kind_take_no_more_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    trail(client)
    for person in PersonFactory.create_batch(20):
        record("people.person_added", subject=person)

    # Session, person, roles; the count, the page, the people it names.
    with django_assert_max_num_queries(6):
        client.get("/en/trail/")


@pytest.mark.parametrize("label", sorted(trail_words.NAMES))
def test_everything_that_has_a_name_is_asked_for_by_a_field_that_is_there(label: str) -> None:
    assert label in trail_words.OBJECTS

    things = apps.get_model(label)._default_manager
    # Django raises FieldError for a field that is not there.
    assert len(things.values_list(trail_words.NAMES[label])[:1]) <= 1


# --- Reasons stay with what they are about ---


def texts_of_the_trail() -> str:
    return str(list(Event.objects.values()))


def test_why_an_access_ended_is_kept_with_the_access() -> None:
    grant = GrantFactory.create()

    grants.end_grant(grant=grant, reason="Found the door", by=None, now=NOW)

    assert Grant.objects.get(pk=grant.pk).end_reason == "Found the door"
    assert "the door" not in texts_of_the_trail()


def test_why_somebody_was_shut_out_is_kept_with_the_person_until_they_are_back(
    client: Client,
) -> None:
    administrator, person = person_with(Role.ADMINISTRATOR), PersonFactory.create()
    sign_in(client, administrator)

    persons.deactivate(person=person, reason="Found the door", by=administrator, now=NOW)
    page = client.get(f"/en/administration/people/{person.pk}/").content.decode()
    persons.reactivate(person=person, by=administrator, now=NOW)

    assert "Found the door" in page
    assert "the door" not in texts_of_the_trail()
    assert Person.objects.get(pk=person.pk).inactive_reason == ""


def test_why_sending_was_stopped_is_kept_with_the_stop() -> None:
    switch = sending.stop(reason="Found the door", by=person_with(Role.TEAM_LEAD), now=NOW)

    assert switch.reason == "Found the door"
    assert "the door" not in texts_of_the_trail()
