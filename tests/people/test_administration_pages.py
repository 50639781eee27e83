"""People, offices and the audit trail, as an administrator and an auditor see them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from comptoir.audit import actions as audit
from comptoir.audit.models import Event, Verb
from comptoir.people import searching
from comptoir.people.actions import sessions
from comptoir.people.models import Grant, Invitation, Office, Person, Role
from comptoir.ui import clock, paging, times
from tests.liaison.factories import AppointmentFactory
from tests.people.factories import (
    DistrictFactory,
    GrantFactory,
    OfficeFactory,
    PersonFactory,
    person_with,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

PEOPLE = "/en/administration/people/"
OFFICES = "/en/administration/offices/"


@pytest.fixture
def administrator(client: Client) -> Person:
    person = person_with(Role.ADMINISTRATOR)
    sign_in(client, person)
    return person


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("typed", ["emile", "ÉMILE", "Émile T", "emile.t@people"])
def test_people_are_found_by_name_whatever_its_accents_and_by_address(
    client: Client, typed: str
) -> None:
    PersonFactory.create(name="Émile Tremblay", email="emile.t@people.example")
    PersonFactory.create(name="Somebody Else")

    response = client.post(PEOPLE, {"q": typed})
    found = text(client, response["Location"])

    assert response["Location"] == PEOPLE
    assert "Émile Tremblay" in found
    assert "Somebody Else" not in found


@pytest.mark.usefixtures("administrator")
def test_a_search_is_kept_over_the_pages_until_it_is_cleared(client: Client) -> None:
    PersonFactory.create(name="Émile Tremblay")
    PersonFactory.create(name="Somebody Else")
    client.post(PEOPLE, {"q": "tremblay"})

    assert "Somebody Else" not in text(client, f"{PEOPLE}?page=1")
    client.post(PEOPLE, {"q": "tremblay", "clear": "yes"})

    assert "Somebody Else" in text(client, PEOPLE)


@pytest.mark.usefixtures("administrator")
def test_a_search_is_over_an_hour_after_its_results_were_read(client: Client) -> None:
    PersonFactory.create(name="Somebody Else")
    client.post(PEOPLE, {"q": "tremblay"})
    read_at = datetime.now(UTC)
    client.get(PEOPLE)
    session = client.session

    assert not searching.drop_old(session, read_at + timedelta(minutes=59))
    assert "tremblay" in str(dict(session.items()))
    assert searching.drop_old(session, datetime.now(UTC) + timedelta(hours=1))
    assert "tremblay" not in str(dict(session.items()))


@pytest.mark.usefixtures("administrator")
def test_at_night_searches_go_out_of_sessions_that_nobody_touches(client: Client) -> None:
    client.post(PEOPLE, {"q": "tremblay"})
    client.post("/en/trail/", {"person": "tremblay"})
    hour = timedelta(hours=1)

    assert sessions.drop_what_is_old(now=datetime.now(UTC)) == 0
    assert sessions.drop_what_is_old(now=datetime.now(UTC) + hour) == 1

    assert "tremblay" not in str(dict(client.session.items()))


@pytest.mark.usefixtures("administrator")
def test_people_are_found_by_a_role_in_force(client: Client) -> None:
    GrantFactory.create(auditor=True, person__name="Present Auditor")
    GrantFactory.create(
        auditor=True, person__name="Former Auditor", ends_at=datetime(2026, 1, 1, tzinfo=UTC)
    )

    found = text(client, f"{PEOPLE}?role=auditor")

    assert "Present Auditor" in found
    assert "Former Auditor" not in found


@pytest.mark.usefixtures("administrator")
def test_the_list_of_people_is_paged_and_takes_no_more_queries_when_full(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get(PEOPLE)
    GrantFactory.create_batch(40)

    # Session, person, roles; the count, the page, their roles.
    with django_assert_num_queries(6):
        response = client.get(PEOPLE)

    assert len(response.context["page"]) == 25
    assert text(client, f"{PEOPLE}?page=2").count('data-label="Name"') == 16


def test_a_role_is_given_and_ended(client: Client, administrator: Person) -> None:
    person, office = PersonFactory.create(), OfficeFactory.create()

    client.post(f"{PEOPLE}{person.pk}/role/", {"role": "delegate", "office": office.reference})
    grant = Grant.objects.get(person=person)
    assert (grant.office, grant.granted_by) == (office, administrator)
    assert office.legislator in text(client, f"{PEOPLE}{person.pk}/")

    client.post(f"/en/access/roles/{grant.pk}/end/", {"reason": "left"})
    assert "left" in text(client, f"{PEOPLE}{person.pk}/")
    assert not Grant.objects.filter(person=person, ends_at=None).exists()


@pytest.mark.usefixtures("administrator")
def test_a_role_is_given_up_to_a_day_which_the_lists_say(client: Client) -> None:
    person, wanted = PersonFactory.create(), (datetime.now(UTC) + timedelta(days=90)).date()
    said = f"until {times.plain_date(wanted, language='en')}"

    refused = client.post(
        f"{PEOPLE}{person.pk}/role/", {"role": "auditor", "last_day": "2020-01-31"}
    )
    client.post(f"{PEOPLE}{person.pk}/role/", {"role": "auditor", "last_day": wanted.isoformat()})

    assert "Choose today or a later day" in refused.content.decode()
    grant = Grant.objects.get(person=person)
    assert grant.last_day == wanted
    found = text(client, f"{PEOPLE}{person.pk}/")
    assert said in found
    assert f"/en/access/roles/{grant.pk}/last-day/" in found
    assert f"/en/access/roles/{grant.pk}/end/" in found
    assert said in text(client, PEOPLE)


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("role", "office", "words"),
    [
        ("delegate", "", "Enter the reference of an office"),
        ("delegate", "no-such-office", "Enter the reference of an office"),
        ("auditor", "real", "not held in an office"),
    ],
)
def test_a_role_and_its_office_fit_together(
    client: Client, role: str, office: str, words: str
) -> None:
    OfficeFactory.create(reference="real")
    person = PersonFactory.create()

    response = client.post(f"{PEOPLE}{person.pk}/role/", {"role": role, "office": office})

    assert words in response.content.decode()
    assert not Grant.objects.filter(person=person).exists()


@pytest.mark.usefixtures("administrator")
def test_nobody_joins_a_closed_office_by_hand(client: Client) -> None:
    person, office = PersonFactory.create(), OfficeFactory.create(closed=True)

    response = client.post(
        f"{PEOPLE}{person.pk}/role/", {"role": "delegate", "office": office.reference}
    )

    assert "not active" in response.content.decode()


@pytest.mark.usefixtures("administrator")
def test_an_address_is_changed_unless_it_is_somebody_elses(client: Client) -> None:
    person, other = PersonFactory.create(), PersonFactory.create()
    address = f"{PEOPLE}{person.pk}/address/"

    taken = client.post(address, {"email": other.email.upper()})
    assert "Somebody else" in taken.content.decode()
    client.post(address, {"email": "new@people.example"})

    person.refresh_from_db()
    assert person.email == "new@people.example"


@pytest.mark.usefixtures("administrator")
def test_somebody_is_shut_out_and_let_in_again(client: Client) -> None:
    person = person_with(Role.DELEGATE)

    client.post(f"{PEOPLE}{person.pk}/deactivate/", {"reason": "left"})
    assert "Cannot sign in" in text(client, f"{PEOPLE}{person.pk}/")
    client.post(f"{PEOPLE}{person.pk}/reactivate/")

    person.refresh_from_db()
    assert person.is_active


def test_the_only_administrator_is_not_shut_out(client: Client, administrator: Person) -> None:
    response = client.post(f"{PEOPLE}{administrator.pk}/deactivate/", {"reason": "leaving"})

    assert "needs an administrator" in response.content.decode()


@pytest.mark.usefixtures("administrator")
def test_staff_are_invited_to_the_centre(client: Client) -> None:
    values = {"name": "New Auditor", "email": "a@people.example", "language": "fr"}

    client.post(f"{PEOPLE}invite/", values | {"role": "auditor"})
    client.post(f"{PEOPLE}invite/", values | {"role": "delegate"})

    assert [(i.role, i.office) for i in Invitation.objects.all()] == [("auditor", None)]
    assert "New Auditor" in text(client, f"{PEOPLE}invite/")


# Offices


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    "wanted",
    [
        {"q": "tremblay"},
        {"q": "abitibi"},
        {"q": "t-001"},
        {"chamber": "commons"},
        {"status": "suspended"},
    ],
)
def test_offices_are_found_by_name_place_reference_chamber_and_status(
    client: Client, wanted: dict[str, str]
) -> None:
    district = DistrictFactory.create(name_fr="Abitibi—Témiscamingue")
    OfficeFactory.create(
        reference="t-001", legislator="Zoé Tremblay", district=district, suspended=True
    )
    OfficeFactory.create(senate=True, legislator="Somebody Else")

    response = client.post(OFFICES, wanted)
    found = text(client, OFFICES)

    assert response["Location"] == OFFICES, "a legislator's name is in no address"
    assert "Zoé Tremblay" in found
    assert "Somebody Else" not in found
    client.post(OFFICES, {"clear": "yes"})
    assert "Somebody Else" in text(client, OFFICES)


@pytest.mark.usefixtures("administrator")
def test_the_list_of_offices_takes_no_more_queries_when_full(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get(OFFICES)
    OfficeFactory.create_batch(40)

    # Session, person, roles; the count, the page, the figures.
    with django_assert_num_queries(6):
        client.get(OFFICES)


def office_page(office: Office, step: str = "") -> str:
    return f"{OFFICES}{office.reference}/{step}"


@pytest.mark.usefixtures("administrator")
def test_an_office_is_suspended_reopened_and_closed(client: Client) -> None:
    office = OfficeFactory.create()
    delegate = GrantFactory.create(office=office)

    assert "1 person loses access" in text(client, office_page(office, "suspend/"))
    client.post(office_page(office, "suspend/"), {"reason": "resignation"})
    office.refresh_from_db()
    assert (office.status, office.status_reason) == ("suspended", "resignation")

    client.post(office_page(office, "reopen/"), {"restore_access": "on"})
    assert Grant.objects.filter(person=delegate.person, ends_at=None).exists()

    client.post(office_page(office, "close/"), {"reason": "other", "until": "2026-11-20"})
    office.refresh_from_db()
    assert (office.status, office.until) == ("closed", date(2026, 11, 20))
    assert not Grant.objects.filter(office=office, ends_at=None).exists()


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("step", ["suspend/", "close/"])
def test_how_many_coming_appointments_are_cancelled_is_said_before(
    client: Client, step: str, time_machine: Any
) -> None:
    appointment = AppointmentFactory.create()
    time_machine.move_to(appointment.starts_at - timedelta(minutes=1))

    page = text(client, office_page(appointment.office, step))

    assert "1 coming appointment is cancelled within a few minutes" in page
    assert "Appointments, cases and everything on record stay" not in page
    none = text(client, office_page(OfficeFactory.create(), step))
    assert "No appointment is coming" in none


@pytest.mark.usefixtures("administrator")
def test_a_step_that_came_too_late_is_said_so(client: Client) -> None:
    office = OfficeFactory.create(closed=True)

    response = client.post(office_page(office, "suspend/"), {"reason": "other"}, follow=True)

    assert "does not allow that any more" in response.content.decode()


@pytest.mark.usefixtures("administrator")
def test_the_first_manager_of_an_office_is_invited_by_an_administrator(client: Client) -> None:
    office = OfficeFactory.create(french=True)
    page = client.get(office_page(office, "invite/"))
    assert page.context["form"].initial == {"language": "fr", "role": "office_manager"}

    client.post(
        office_page(office, "invite/"),
        {"name": "M", "email": "m@people.example", "language": "fr", "role": "office_manager"},
    )

    assert Invitation.objects.get().office == office


@pytest.mark.usefixtures("administrator")
def test_a_dissolution_asks_first_and_says_how_many(client: Client) -> None:
    OfficeFactory.create_batch(3)
    assert "3 active offices are suspended" in text(client, f"{OFFICES}dissolution/")
    assert Office.objects.active().count() == 3

    today = clock.service_date(datetime.now(UTC)).isoformat()
    posted = {"on": today, "count": "3"}
    response = client.post(f"{OFFICES}dissolution/", posted, follow=True)

    assert "3 offices were suspended." in response.content.decode()
    assert Office.objects.active().count() == 0


@pytest.mark.usefixtures("administrator")
def test_an_office_shows_who_came_before_and_after(client: Client) -> None:
    after = OfficeFactory.create(legislator="Comes After")
    before = OfficeFactory.create(closed=True, legislator="Came Before", successor=after)

    assert "Comes After" in text(client, office_page(before))
    assert "Came Before" in text(client, office_page(after))


# The trail


@pytest.fixture
def auditor(client: Client) -> Person:
    person = person_with(Role.AUDITOR, name="The Auditor", time_zone="America/Vancouver")
    sign_in(client, person)
    return person


def record(action: str, **changes: Any) -> None:
    values: dict[str, Any] = {
        "action": action,
        "subject": PersonFactory.create(),
        "by": PersonFactory.create(name=f"Actor of {action}"),
        "now": datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
    }
    audit.record(**(values | changes))


def trail_of(client: Client, **filters: str) -> str:
    """The trail with these filters, which the address of the page does not show."""
    response = client.post("/en/trail/", filters)
    assert response["Location"] == "/en/trail/"
    return text(client, response["Location"])


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize(
    "query",
    [
        {"actor": "actor of wanted"},
        {"action": "wanted"},
        {"verb": "disclosed"},
        {"office": "here"},
        {"first": "2026-11-21"},
    ],
)
def test_events_are_found_by_who_what_kind_office_and_day(
    client: Client, query: dict[str, str]
) -> None:
    office = OfficeFactory.create(reference="here")
    now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    record("wanted", verb=Verb.DISCLOSED, office_id=office.pk, now=now)
    record("other")

    found = trail_of(client, **query)

    assert "Actor of wanted" in found
    assert "Actor of other" not in found


@pytest.mark.usefixtures("auditor")
def test_a_day_is_a_day_of_the_readers_zone(client: Client) -> None:
    # 23:30 on the 20th in Vancouver is 6:30 on the 21st in UTC.
    record("late-evening", now=datetime(2026, 11, 21, 6, 30, tzinfo=UTC))

    assert "late-evening" in trail_of(client, first="2026-11-20", last="2026-11-20")
    assert "late-evening" not in trail_of(client, first="2026-11-21", last="2026-11-21")


@pytest.mark.usefixtures("auditor")
def test_an_end_before_the_beginning_is_explained(client: Client) -> None:
    found = trail_of(client, first="2026-11-21", last="2026-11-20")

    assert "before the beginning" in found


@pytest.mark.usefixtures("auditor")
def test_the_trail_is_paged_and_counts_no_further_than_one_reads(
    client: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "DEEPEST", 60)
    client.get("/en/trail/")
    Event.objects.bulk_create(
        Event(
            at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=n),
            verb="did",
            action="counted",
            actor_name="Somebody",
            object_type="people.Person",
            object_id="1",
            office_id=1,
        )
        for n in range(100)
    )

    # Session, person, roles; the count, the page, the offices and the people it names.
    with django_assert_num_queries(7):
        response = client.get("/en/trail/")

    assert response.context["page"].paginator.num_pages == 3
    assert "The latest 60 events" in response.content.decode()


def test_each_arrives_where_they_work(client: Client) -> None:
    homes = {}
    for role in Role:
        homes[role] = sign_in(Client(), person_with(role)).get("/en/")["Location"]

    assert homes == {
        Role.ADMINISTRATOR: PEOPLE,
        Role.AUDITOR: "/en/trail/",
        Role.OFFICE_MANAGER: "/en/office/",
        Role.DELEGATE: "/en/office/",
        Role.PROFESSIONAL: "/en/day/",
        Role.TEAM_LEAD: "/en/board/",
        Role.POLICY_OWNER: "/en/rule/",
        Role.AGENT: reverse("enquiries:work"),
        Role.PRIVACY_OFFICER: "/en/referrals/",
    }


def test_somebody_without_a_role_is_told_so(client: Client) -> None:
    sign_in(client, PersonFactory.create())

    assert "You have no access at the moment" in text(client, "/en/")


def test_a_stranger_is_welcomed(client: Client) -> None:
    found = text(client, "/en/")

    assert "Time with the client support centre" in found
    assert "/en/sign-in/" in found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_has_a_question_is_led_on_before_anybody_else(client: Client, language: str) -> None:
    with translation.override(language):
        home = reverse("people:home")
        ways = ("enquiries:ask", "enquiries:follow", "account_login")
        ways_in_order = [f'<gcds-button type="link"[^>]*href="{reverse(way)}"' for way in ways]

    found = client.get(home).content.decode()

    content = found[found.index("<main") :]
    places = [[each.start() for each in re.finditer(way, content)] for way in ways_in_order]
    assert [len(place) for place in places] == [1, 1, 1]
    assert places == sorted(places)
    assert places[-1][0] < content.index("<h3")


def test_sessions_are_shown_and_ended_elsewhere(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    sign_in(Client(), person)
    sign_in(client, person)
    assert text(client, "/en/account/").count("Unknown browser") == 2

    client.post("/en/account/elsewhere/")

    assert text(client, "/en/account/").count("Unknown browser") == 1


def test_the_models_pass_djangos_own_checks() -> None:
    call_command("check", fail_level="WARNING")
