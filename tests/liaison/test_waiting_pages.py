"""The waiting list as an office sees it: getting on it, being offered time, answering, leaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.jobs import see_to_the_waiting_list
from comptoir.liaison.models import (
    Answer,
    Appointment,
    EntryEnd,
    Offer,
    OfficeWeek,
    Status,
    WaitingEntry,
)
from comptoir.notices import gateway
from comptoir.notices.actions import deliver
from comptoir.notices.models import Notice
from comptoir.notices.models import Status as Sent
from comptoir.people.models import Office, Role
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    in_status,
    open_day,
    open_offer,
    waiting_entry,
)
from tests.liaison.posted import CASE, said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

FORM = {
    **CASE,
    "first_on": f"{DAY}",
    "last_on": f"{DAY}",
    "from_time": "08:00",
    "until_time": "18:00",
    "most_minutes": "30",
    "least_minutes": "15",
    "language": "en",
    "least_notice_minutes": "0",
    "mode": "telephone",
    "telephone": "613-555-0199",
    "video_link": "",
    "cases-TOTAL_FORMS": "1",
    "cases-INITIAL_FORMS": "0",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    PolicyFactory.create()
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


@pytest.fixture
def booked(office: Office) -> Appointment:
    """The one half hour of the day belongs to another office."""
    open_day(DAY, first=time(10), last=time(10, 30))
    return AppointmentFactory.create(starts_at=at(DAY, 10))


def page_of(delegate: Client, office: Office) -> str:
    answer = delegate.get(url("waiting", office.reference))
    assert answer.status_code == 200
    return said(answer.text)


def test_a_full_day_leads_to_the_waiting_list_with_what_is_known_already(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    times = delegate.get(url("times", office.reference), {"minutes": "45", "language": "fr"})
    address = f"{url('wait', office.reference)}?on={DAY}&amp;minutes=45&amp;language=fr"
    assert address in times.text

    form = delegate.get(address.replace("&amp;", "&")).context["form"]
    chosen = {name: form[name].value() for name in ("first_on", "last_on", "most_minutes")}
    assert chosen == {"first_on": f"{DAY}", "last_on": f"{DAY}", "most_minutes": "45"}
    assert form["language"].value() == "fr"


def test_what_a_list_of_the_form_shows_as_chosen_is_sent(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    """The design system's lists show their first choice and send nothing, unless one is marked."""
    page = delegate.get(url("wait", office.reference))

    lists = [part.partition("</gcds-select>")[0] for part in page.text.split("<gcds-select")[1:]]
    own = [one for one in lists if 'name="cases-' not in one]
    assert len(own) == 6
    assert [one for one in own if " selected" not in one] == []


def test_an_office_gets_on_the_list_and_sees_its_place(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    waiting_entry(OfficeFactory.create())

    answer = delegate.post(url("wait", office.reference), FORM, follow=True)

    assert "You are told when time comes free" in said(answer.text)
    entry = WaitingEntry.objects.get(office=office)
    assert (entry.least_quanta, entry.most_quanta, entry.until_time) == (1, 2, time(18))
    assert said(page_of(delegate, office)).count(": number ") == 1
    assert "15 minutes to 30 minutes" in page_of(delegate, office)


def test_what_is_free_at_once_is_offered_and_booked_with_one_click(
    delegate: Client, office: Office
) -> None:
    open_day(DAY, first=time(10), last=time(10, 30))
    answer = delegate.post(url("wait", office.reference), FORM, follow=True)
    assert "There is time for you now" in said(answer.text)
    offer = Offer.objects.get()

    answer = delegate.post(url("accept", office.reference, offer.pk), follow=True)

    assert "Your appointment is booked" in said(answer.text)
    assert Appointment.objects.get(office=office).starts_at == at(DAY, 10)
    assert "Booked" in page_of(delegate, office)


def test_who_need_not_be_asked_comes_out_at_the_appointment(
    delegate: Client, office: Office
) -> None:
    open_day(DAY, first=time(10), last=time(10, 30))

    answer = delegate.post(url("wait", office.reference), FORM | {"auto_accept": "on"}, follow=True)

    assert "Your appointment is booked" in said(answer.text)
    assert Appointment.objects.get(office=office).starts_at == at(DAY, 10)


@pytest.mark.parametrize(
    ("wrong", "said_of_it"),
    [
        ({"last_on": "2026-11-17"}, "It must not be before the first day."),
        ({"until_time": "08:00"}, "It must be later than the beginning."),
        ({"least_minutes": "45"}, "It must not be under the least."),
        ({"first_on": "2030-01-01"}, "Select a valid choice"),
        ({"telephone": ""}, "Give it, so that the professional can reach you."),
        ({"cases-0-question": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    delegate: Client, office: Office, booked: Appointment, wrong: dict[str, str], said_of_it: str
) -> None:
    answer = delegate.post(url("wait", office.reference), FORM | wrong)

    assert answer.status_code == 422
    assert said_of_it in said(answer.text)
    assert "Fictional Person" in answer.text
    assert not WaitingEntry.objects.exists()


def test_a_row_of_cases_more_is_no_mistake(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    answer = delegate.post(url("wait", office.reference), FORM | {"cases-add": "1"})

    assert answer.status_code == 200
    assert answer.context["cases"].total_form_count() == 2
    assert answer.context["form"].errors == {}


def test_too_many_entries_are_refused_with_the_number(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    for _ in range(3):
        waiting_entry(office)

    answer = delegate.post(url("wait", office.reference), FORM)

    assert answer.status_code == 422
    assert "waits for 3 things already" in said(answer.text)


def test_without_hours_there_is_nothing_to_wait_for(delegate: Client, office: Office) -> None:
    answer = delegate.post(url("wait", office.reference), FORM)

    assert answer.status_code == 422
    assert "None of these days has hours on offer" in said(answer.text)


def test_the_home_and_the_list_show_what_is_offered_until_when(
    delegate: Client, office: Office
) -> None:
    open_offer(office)

    for page in ("office", "waiting", "offers"):
        text = said(delegate.get(url(page, office.reference)).text)
        assert "Kept for you until 9:15" in text


def test_an_offer_is_declined_and_the_office_stays_on_the_list(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    waiting_entry(office)
    in_status(booked, Status.CANCELLED)
    offer = Offer.objects.get()

    answer = delegate.post(url("decline", office.reference, offer.pk), follow=True)

    assert "You are still on the list" in said(answer.text)
    assert "Offered to you now" not in said(answer.text)
    offer.refresh_from_db()
    assert offer.answer == Answer.DECLINED


@pytest.mark.parametrize(
    ("answer_given", "words"),
    [
        (Answer.EXPIRED, "It was not answered in time"),
        (Answer.LOST, "Another office has it now"),
        (Answer.DECLINED, "It was declined already"),
    ],
)
def test_an_offer_that_is_gone_says_what_became_of_it(
    delegate: Client, office: Office, answer_given: Answer, words: str
) -> None:
    offer = open_offer(office)
    Offer.objects.update(answer=answer_given)

    for action in ("accept", "decline"):
        answer = delegate.post(url(action, office.reference, offer.pk), follow=True)
        assert words in said(answer.text)
    assert not Appointment.objects.exists()


def test_an_office_waits_no_longer_and_is_told_how_it_ended(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    entry = waiting_entry(office)

    delegate.post(url("withdraw-entry", office.reference, entry.pk))
    again = delegate.post(url("withdraw-entry", office.reference, entry.pk), follow=True)

    assert "It has ended already" in said(again.text)
    assert "Your office waits for nothing" in page_of(delegate, office)
    entry.refresh_from_db()
    assert entry.end == EntryEnd.WITHDRAWN


def test_an_open_page_hears_nothing_while_the_session_is_locked(
    delegate: Client, office: Office, clock: time_machine.Traveller
) -> None:
    open_offer(office)
    page_of(delegate, office)
    clock.shift(timedelta(minutes=16))

    assert delegate.get(url("offers", office.reference)).status_code == 204


def test_the_list_asks_the_database_a_bounded_number_of_times(
    delegate: Client, office: Office, booked: Appointment, django_assert_max_num_queries: Any
) -> None:
    for offset in range(12):
        on = DAY + timedelta(days=offset)
        if on.weekday() < 5 and on != DAY:
            open_day(on, first=time(10), last=time(10, 30))
            AppointmentFactory.create(starts_at=at(on, 10))
    for _ in range(3):
        waiting_entry(office, last_on=date(2026, 11, 27))

    with django_assert_max_num_queries(50):
        page_of(delegate, office)


def test_a_team_lead_sees_who_waits_in_their_order(office: Office, booked: Appointment) -> None:
    heavy = OfficeFactory.create(legislator="Heavy Example")
    OfficeWeek.objects.create(office=heavy, week=date(2026, 11, 9), booked=[8, 0, 0, 0, 0, 0, 0])
    waiting_entry(heavy)
    waiting_entry(office)
    lead = sign_in(Client(), person_with(Role.TEAM_LEAD))

    answer = lead.get(url("board-waiting", DAY))

    order = [one.row.office for one in answer.context["page"]]
    assert order == [office, heavy]
    assert "Heavy Example" in answer.text
    assert "Nobody waits" in lead.get(url("board-waiting", date(2026, 11, 19))).text


def test_a_refusal_says_the_place_on_the_list_or_how_to_get_on_it(
    delegate: Client, office: Office, booked: Appointment
) -> None:
    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(office=office, starts_at=booked.starts_at)
    page = url("decision", refused.value.decision.pk)
    assert url("wait", office.reference) in delegate.get(page).text

    waiting_entry(office)

    text = said(delegate.get(page).text)
    assert "Your office is number 1 on the waiting list of that day." in text
    assert url("wait", office.reference) not in text


# --- The round ---------------------------------------------------------------------------------


def test_the_round_does_all_that_time_brings_about(
    office: Office, booked: Appointment, clock: time_machine.Traveller
) -> None:
    entry = waiting_entry(office, auto_accept=True)
    in_status(booked, Status.CANCELLED)

    see_to_the_waiting_list()

    entry.refresh_from_db()
    assert entry.end == EntryEnd.BOOKED
    clock.move_to(at(DAY, 20))
    waits_on = waiting_entry(
        OfficeFactory.create(),
        first_on=date(2026, 11, 19),
        last_on=date(2026, 11, 19),
        from_time=time(18),
        until_time=time(19),
    )
    clock.move_to(at(date(2026, 11, 19), 19))
    see_to_the_waiting_list()
    waits_on.refresh_from_db()
    assert waits_on.end == EntryEnd.IN_VAIN


# --- What is told ------------------------------------------------------------------------------


def delivered(kind: str) -> list[tuple[str, str]]:
    """Subject and text of the letters of a kind, once they are sent."""
    mail.outbox.clear()
    with gateway.mailbox() as mailbox:
        for notice in Notice.objects.filter(kind=kind, status=Sent.QUEUED).order_by("pk"):
            deliver(notice_id=notice.pk, mailbox=mailbox, now=NOW)
    return [(str(letter.subject), said(str(letter.body))) for letter in mail.outbox]


def test_the_office_is_told_what_is_offered_and_until_when(office: Office) -> None:
    open_offer(office)

    ((subject, body),) = delivered("liaison.offered")

    assert "9:15" in said(subject)
    assert url("waiting", office.reference) in body
    assert "Study permit" not in body


def test_nobody_is_told_of_an_offer_that_is_gone(office: Office) -> None:
    open_offer(office)
    Offer.objects.update(answer=Answer.LOST)

    assert delivered("liaison.offered") == []


def test_who_waited_in_vain_is_told_why(office: Office, booked: Appointment) -> None:
    waiting_entry(office)
    with time_machine.travel(at(DAY, 20), tick=False):
        see_to_the_waiting_list()
    Notice.objects.update(send_after=NOW, useless_after=NOW + timedelta(days=9))

    ((_, body),) = delivered("liaison.waited_in_vain")

    assert "Nothing came free" in body
