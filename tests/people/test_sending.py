"""The ledger of notices, sending one again and the kill switch, as team leads and administrators use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comptoir.audit.models import Event
from comptoir.notices import actions as notices
from comptoir.notices.models import Notice, Status, Switch
from comptoir.people.actions import sending
from comptoir.people.models import Person, Role
from tests.notices.factories import NoticeFactory
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NOTICES = "/en/notices/"
HOUR = timedelta(hours=1)
NOW = timezone.now()  # noqa: TID251 - pages ask the real clock
REASON = "Wrong times in reminders"


@pytest.fixture
def lead() -> Person:
    return person_with(Role.TEAM_LEAD, name="Lea Tanaka")


@pytest.fixture
def page(client: Client, lead: Person) -> Client:
    return sign_in(client, lead)


def notice(**values: Any) -> Notice:
    """A notice around now, since pages ask the clock."""
    times = {"queued_at": NOW - HOUR, "send_after": NOW - HOUR, "useless_after": NOW + 24 * HOUR}
    if values.get("status", Status.QUEUED) != Status.QUEUED:
        times["closed_at"] = NOW
    return NoticeFactory.create(**{**times, **values})


def shown(client: Client, query: str = "") -> list[Notice]:
    response = client.get(f"{NOTICES}?{query}")
    return [line.notice for line in response.context["lines"]]


# --- The ledger ---


def test_every_notice_is_listed_the_newest_first_with_its_reader_and_office(page: Client) -> None:
    office = OfficeFactory.create(reference="ottawa-centre")
    older = notice(kind="people.invitation", address="ada@x.example", office_id=office.pk)
    newer = notice()

    response = page.get(NOTICES)

    assert [line.notice for line in response.context["lines"]] == [newer, older]
    text = response.content.decode()
    assert "Invitation to join" in text
    assert "ada@x.example" in text
    assert "ottawa-centre" in text


def test_the_ledger_is_filtered_by_kind_status_and_office(page: Client) -> None:
    office = OfficeFactory.create(reference="ottawa-centre")
    of_office = notice(office_id=office.pk)
    invitation = notice(kind="people.invitation")
    failed = notice(status=Status.FAILED)

    assert shown(page, "office=ottawa-centre") == [of_office]
    assert shown(page, "kind=people.invitation") == [invitation]
    assert shown(page, "status=failed") == [failed]
    assert shown(page, "status=failed&office=ottawa-centre") == []


def test_an_office_that_does_not_exist_has_no_notices(page: Client) -> None:
    notice()

    assert shown(page, "office=no-such-office") == []


def test_what_is_late_is_what_is_due_and_waits(page: Client) -> None:
    late = notice()
    notice(send_after=NOW + HOUR)
    notice(status=Status.SENT)

    assert shown(page, "status=overdue") == [late]


def test_days_are_whole_days_of_the_readers_zone(client: Client) -> None:
    """23:30 in Vancouver on the 24th is the 25th in UTC."""
    page = sign_in(client, person_with(Role.TEAM_LEAD, time_zone="America/Vancouver"))
    late_on_the_24th = notice(send_after="2026-11-25T06:30:00Z", useless_after="2026-11-26T00:00Z")
    day_24 = "first_0=24&first=2026-11-24&last=2026-11-24"

    assert shown(page, day_24) == [late_on_the_24th]
    assert shown(page, "first=2026-11-25&last=2026-11-25") == []


def test_a_period_that_ends_before_it_begins_is_refused_in_words(page: Client) -> None:
    response = page.get(f"{NOTICES}?first=2026-11-25&last=2026-11-24")

    assert "The end is before the beginning." in response.content.decode()


def test_the_three_figures_are_what_waits_what_is_late_and_what_failed(page: Client) -> None:
    notice()
    notice(send_after=NOW + HOUR)
    notice(status=Status.FAILED)

    standing = page.get(NOTICES).context["sending"]

    assert (standing.waiting, standing.overdue, standing.failed) == (2, 1, 1)


def test_a_page_of_the_ledger_costs_the_same_however_long_it_is(
    page: Client, django_assert_max_num_queries: Any
) -> None:
    office = OfficeFactory.create()
    for _ in range(30):
        notice(office_id=office.pk)

    with django_assert_max_num_queries(13):
        response = page.get(NOTICES)

    assert len(response.context["lines"]) == 25
    assert len(shown(page, "page=2")) == 5


def test_no_link_of_the_page_holds_an_address(page: Client) -> None:
    for _ in range(30):
        notice(address="ada@x.example", status=Status.FAILED)

    text = page.get(f"{NOTICES}?status=failed").content.decode()

    hrefs = [part.split('"')[0] for part in text.split('href="')[1:]]
    actions = [part.split('"')[0] for part in text.split('action="')[1:]]
    assert len(hrefs + actions) > 30
    assert not [address for address in hrefs + actions if "ada" in address or "%40" in address]


# --- Sending one again ---


def test_a_notice_that_failed_is_sent_again_and_who_asked_is_on_record(
    page: Client, lead: Person
) -> None:
    office = OfficeFactory.create()
    failed = notice(status=Status.FAILED, problem="550 No such user", office_id=office.pk)

    response = page.post(f"{NOTICES}{failed.pk}/again/?status=failed")

    assert response["Location"] == f"{NOTICES}?status=failed"
    failed.refresh_from_db()
    assert failed.status == Status.QUEUED
    event = Event.objects.get(action="notices.sent_again")
    assert (event.object_id, event.actor_id, event.office_id) == (
        str(failed.pk),
        lead.pk,
        office.pk,
    )


def test_a_notice_whose_time_is_over_has_no_button_and_is_not_sent_again(page: Client) -> None:
    failed = notice(status=Status.FAILED, useless_after=NOW - HOUR)

    assert "Too late to send it again" in page.get(NOTICES).content.decode()
    page.post(f"{NOTICES}{failed.pk}/again/")

    failed.refresh_from_db()
    assert failed.status == Status.FAILED
    assert not Event.objects.filter(action="notices.sent_again").exists()


def test_what_was_sent_is_never_sent_again(page: Client) -> None:
    sent = notice(status=Status.SENT)

    page.post(f"{NOTICES}{sent.pk}/again/")

    sent.refresh_from_db()
    assert sent.status == Status.SENT


# --- The kill switch ---


def test_a_team_lead_stops_sending_and_says_why(page: Client, lead: Person) -> None:
    response = page.post(f"{NOTICES}stop/", {"reason": REASON}, follow=True)

    switch = Switch.objects.get()
    assert (switch.stopped_by_name, switch.reason) == ("Lea Tanaka", REASON)
    event = Event.objects.get(action="notices.stopped")
    assert (event.actor_id, event.object_id, event.detail) == (
        lead.pk,
        str(switch.pk),
        {},
    )
    assert REASON in response.content.decode()


def test_without_a_reason_nothing_is_stopped(page: Client) -> None:
    response = page.post(f"{NOTICES}stop/", {"reason": ""})

    assert "Enter a reason." in response.content.decode()
    assert not Switch.objects.exists()


def test_a_team_lead_resumes_sending(page: Client, lead: Person) -> None:
    sending.stop(reason=REASON, by=lead, now=NOW)

    response = page.post(f"{NOTICES}resume/", follow=True)

    switch = Switch.objects.get()
    assert switch.resumed_by_name == "Lea Tanaka"
    event = Event.objects.get(action="notices.resumed")
    assert (event.actor_id, event.object_id) == (lead.pk, str(switch.pk))
    assert "Earlier stops" in response.content.decode()


def test_before_resuming_it_is_said_what_leaves_and_what_does_not(
    page: Client, lead: Person
) -> None:
    sending.stop(reason=REASON, by=lead, now=NOW)
    notice()
    notice(useless_after=NOW - HOUR / 2)

    text = page.get(f"{NOTICES}resume/").content.decode()

    assert "2 notices are due" in text
    assert "The time of 1 of them is over: it will not be sent." in text


def test_stopping_twice_and_resuming_twice_change_nothing_and_say_so(
    page: Client, lead: Person
) -> None:
    sending.stop(reason=REASON, by=lead, now=NOW)

    stopped = page.post(f"{NOTICES}stop/", {"reason": "Another"}, follow=True)
    page.post(f"{NOTICES}resume/")
    resumed = page.post(f"{NOTICES}resume/", follow=True)

    assert "Sending was stopped already." in stopped.content.decode()
    assert "Sending was not stopped any more." in resumed.content.decode()
    assert Switch.objects.get().reason == REASON
    assert Event.objects.filter(action="notices.stopped").count() == 1
    assert Event.objects.filter(action="notices.resumed").count() == 1


@pytest.mark.parametrize("step", ["stop", "resume", "send_again"])
def test_what_is_not_on_record_did_not_happen(lead: Person, step: str) -> None:
    """The trail refuses the event here: the step goes with it."""
    failed = notice(status=Status.FAILED)
    if step != "stop":
        sending.stop(reason=REASON, by=lead, now=NOW)
    steps: dict[str, Any] = {
        "stop": lambda: sending.stop(reason=REASON, by=lead, now=NOW),
        "resume": lambda: sending.resume(by=lead, now=NOW),
        "send_again": lambda: sending.send_again(notice=failed, by=lead, now=NOW),
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event ADD CHECK (action = '') NOT VALID")

    with pytest.raises(IntegrityError):
        steps[step]()

    failed.refresh_from_db()
    assert failed.status == Status.FAILED
    assert Switch.objects.filter(resumed_at=None).exists() == (step != "stop")


# --- Everybody of the staff sees it ---


@pytest.mark.parametrize(
    "role",
    [
        Role.PROFESSIONAL,
        Role.TEAM_LEAD,
        Role.POLICY_OWNER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ],
)
def test_while_sending_is_stopped_every_member_of_staff_reads_so(
    client: Client, lead: Person, role: Role
) -> None:
    sign_in(client, person_with(role))
    assert "Sending is stopped" not in client.get("/en/account/").content.decode()
    sending.stop(reason=REASON, by=lead, now=NOW)

    text = client.get("/en/account/").content.decode()

    assert "Sending is stopped" in text
    knows_the_page = role in (Role.TEAM_LEAD, Role.ADMINISTRATOR)
    banner = text.split("Sending is stopped")[1].split("</div>")[0]
    assert (NOTICES in banner) == knows_the_page


def test_the_offices_do_not_read_it(client: Client, lead: Person) -> None:
    sign_in(client, person_with(Role.DELEGATE))
    sending.stop(reason=REASON, by=lead, now=NOW)

    assert "Sending is stopped" not in client.get("/en/account/").content.decode()


def test_while_nothing_is_stopped_no_page_pays_for_the_question(
    client: Client, lead: Person
) -> None:
    """Whether sending is stopped is read with the roles; only a stop costs its query."""
    sign_in(client, lead)
    client.get("/en/account/")

    with CaptureQueriesContext(connection) as captured:
        client.get("/en/account/")

    about = [query["sql"] for query in captured if "notices_switch" in query["sql"]]
    assert len(about) == 1
    assert "people_grant" in about[0]


def test_the_switch_says_nothing_once_it_is_lifted(client: Client, lead: Person) -> None:
    sign_in(client, lead)
    sending.stop(reason=REASON, by=lead, now=NOW)
    notices.resume(by=lead, now=NOW)

    assert "Sending is stopped" not in client.get("/en/account/").content.decode()
