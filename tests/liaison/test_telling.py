"""Who is told of an appointment, and which reminders go: as things stand when they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from comptoir.liaison.actions import closing
from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import messages
from comptoir.notices import gateway
from comptoir.notices.actions import deliver, send_again
from comptoir.notices.models import Notice, Status
from comptoir.people.actions import grants, offices
from comptoir.people.models import Grant, Office, OfficeEnd, Person, Role
from tests.liaison.factories import DAY, NOW, AppointmentFactory, at, move
from tests.notices.mail_server import MailServer
from tests.people.factories import GrantFactory, OfficeFactory, person_with

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


@pytest.fixture
def booker(office: Office) -> Person:
    return person_with(Role.DELEGATE, office=office, email="booker@offices.example")


@pytest.fixture
def appointment(office: Office, booker: Person) -> Appointment:
    return AppointmentFactory.create(office=office, by=booker)


def colleague(office: Office, name: str, role: Role = Role.DELEGATE) -> Person:
    return person_with(role, office=office, name=name, email=f"{name}@offices.example")


def leave(person: Person, office: Office) -> None:
    grants.end_all(
        grants=Grant.objects.filter(person=person, office=office),
        reason="left",
        by=None,
        now=NOW,
    )


def send(kind: str, *, now: datetime | None = None) -> list[str]:
    """Deliver every notice of a kind, the copies that come of it too; who got a letter."""
    mail.outbox.clear()
    with gateway.mailbox() as mailbox:
        while waiting := list(
            Notice.objects.filter(kind=kind, status=Status.QUEUED).order_by("pk")
        ):
            for notice in waiting:
                deliver(notice_id=notice.pk, mailbox=mailbox, now=now or notice.send_after)
    return [address for letter in mail.outbox for address in letter.to]


# --- Whom ---


def test_whoever_booked_is_told_and_nobody_else(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    colleague(office, "manager", Role.OFFICE_MANAGER)

    for kind in (messages.BOOKED, messages.REMINDER_DAY, messages.REMINDER_HOUR):
        assert send(kind) == [booker.email]


def test_nothing_about_a_reader_is_kept_before_it_is_sent(appointment: Appointment) -> None:
    assert set(Notice.objects.values_list("address", "language", "time_zone")) == {("", "", "")}


def test_in_the_place_of_somebody_who_left_the_office_is_told_managers_first(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    colleague(office, "ada")
    colleague(office, "zoe", Role.OFFICE_MANAGER)
    leave(booker, office)

    assert send(messages.REMINDER_DAY) == ["zoe@offices.example", "ada@offices.example"]


def test_a_person_who_was_deactivated_is_told_nothing_more(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    colleague(office, "ada")
    Person.objects.filter(pk=booker.pk).update(is_active=False)

    assert send(messages.REMINDER_DAY) == ["ada@offices.example"]


def test_access_to_another_office_is_no_access_to_this_one(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    GrantFactory.create(person=booker, office=OfficeFactory.create())
    leave(booker, office)

    assert send(messages.REMINDER_DAY) == []
    assert Notice.objects.get(kind=messages.REMINDER_DAY).status == Status.SKIPPED


def test_somebody_who_came_back_is_told_again(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    colleague(office, "ada")
    leave(booker, office)
    GrantFactory.create(person=booker, office=office, starts_at=NOW)

    assert send(messages.REMINDER_DAY) == [booker.email]


def test_no_more_than_a_handful_are_told_however_many_an_office_has(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    for number in range(messages.MOST_READERS + 3):
        colleague(office, f"colleague{number:02}")
    leave(booker, office)

    assert len(send(messages.REMINDER_DAY)) == messages.MOST_READERS


def test_a_move_and_a_cancellation_follow_the_same_rule(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    manager = colleague(office, "manager", Role.OFFICE_MANAGER)
    leave(booker, office)
    move(appointment, at(DAY, 14), by=manager)

    assert send(messages.MOVED) == [manager.email]


def test_address_language_and_clock_are_those_of_the_moment_of_sending(
    appointment: Appointment, booker: Person
) -> None:
    Person.objects.filter(pk=booker.pk).update(
        email="elise@offices.example", language="fr", time_zone="America/Vancouver"
    )

    assert send(messages.REMINDER_DAY) == ["elise@offices.example"]

    letter = mail.outbox[0]
    # 10:00 in Montréal is 15:00 UTC; Vancouver keeps its summer time, UTC-7, from 2026 on.
    assert "8 h (heure de Vancouver)" in str(letter.subject).replace("\N{NO-BREAK SPACE}", " ")
    assert "http://localhost:8000/fr/" in str(letter.body)


def test_what_was_moved_since_is_told_to_nobody(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    colleague(office, "ada")
    colleague(office, "ben")
    leave(booker, office)
    move(appointment, at(DAY, 14))

    assert send(messages.BOOKED) == []
    assert Notice.objects.filter(kind=messages.BOOKED).count() == 1


# --- Reminders ---


def test_both_reminders_wait_for_an_office_that_wants_none_yet() -> None:
    office = OfficeFactory.create(remind_day_before=False, remind_hour_before=False)
    AppointmentFactory.create(office=office)

    waiting = Notice.objects.filter(kind__contains="reminder").values_list("kind", flat=True)
    assert sorted(waiting) == [messages.REMINDER_DAY, messages.REMINDER_HOUR]


@pytest.mark.parametrize(
    ("wants_day", "wants_hour"), [(True, True), (True, False), (False, True), (False, False)]
)
@pytest.mark.parametrize("before", [True, False])
def test_the_choice_that_counts_is_the_one_at_the_time_of_the_reminder(
    wants_day: bool, wants_hour: bool, before: bool
) -> None:
    office = OfficeFactory.create(remind_day_before=before, remind_hour_before=before)
    AppointmentFactory.create(office=office)
    Office.objects.update(remind_day_before=wants_day, remind_hour_before=wants_hour)

    told = bool(send(messages.REMINDER_DAY)), bool(send(messages.REMINDER_HOUR))

    assert told == (wants_day, wants_hour)


def test_a_reminder_that_nobody_wants_is_skipped_without_looking_for_readers(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    for name in ("ada", "ben"):
        colleague(office, name)
    leave(booker, office)
    Office.objects.update(remind_hour_before=False)

    send(messages.REMINDER_HOUR)

    notice = Notice.objects.get(kind=messages.REMINDER_HOUR)
    assert (notice.status, notice.address) == (Status.SKIPPED, "")


def test_a_reminder_is_useless_half_an_hour_late_and_once_the_appointment_has_begun(
    appointment: Appointment,
) -> None:
    limits = dict(Notice.objects.values_list("kind", "useless_after"))

    starts_at = appointment.starts_at
    assert limits[messages.REMINDER_DAY] == starts_at - 24 * HOUR + HOUR / 2
    assert limits[messages.REMINDER_HOUR] == starts_at - HOUR / 2


# --- A mailbox that refuses ---


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A real mail server in the place of the list that tests send to."""
    found = MailServer()
    found.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
    yield found
    found.stop()


def test_what_the_bookers_mailbox_refuses_goes_to_the_offices_others_managers_first(
    appointment: Appointment, office: Office, booker: Person, server: MailServer
) -> None:
    colleague(office, "ada")
    colleague(office, "zoe", Role.OFFICE_MANAGER)
    colleague(OfficeFactory.create(), "elsewhere")
    server.recipient_answers[booker.email] = "550 No such mailbox"

    send(messages.BOOKED)

    assert server.readers == ["zoe@offices.example", "ada@offices.example"]
    told = Notice.objects.filter(kind=messages.BOOKED).values_list("address", "status")
    assert dict(told)[booker.email] == Status.FAILED


def test_each_further_fact_is_offered_to_the_booker_first(
    appointment: Appointment, office: Office, booker: Person, server: MailServer
) -> None:
    ada = colleague(office, "ada")
    server.recipient_answers[booker.email] = "550 No such mailbox"
    send(messages.BOOKED)
    server.recipient_answers.clear()

    send(messages.REMINDER_DAY)

    assert server.readers == [ada.email, booker.email]


def test_an_office_is_told_once_even_if_everybodys_mailbox_refuses(
    appointment: Appointment, office: Office, booker: Person, server: MailServer
) -> None:
    others = [colleague(office, f"other{number}") for number in range(messages.MOST_READERS + 3)]
    server.data_answer = "554 Not this message"

    send(messages.BOOKED)

    assert server.readers == []
    tried = Notice.objects.filter(kind=messages.BOOKED)
    assert set(tried.values_list("status", flat=True)) == {Status.FAILED}
    assert tried.count() == 1 + messages.MOST_READERS < 1 + len(others)


def test_who_is_alone_in_an_office_has_nobody_in_their_place(
    appointment: Appointment, booker: Person, server: MailServer
) -> None:
    server.recipient_answers[booker.email] = "550 No such mailbox"

    send(messages.BOOKED)

    assert Notice.objects.get(kind=messages.BOOKED).status == Status.FAILED


def test_a_full_mailbox_is_waited_for_and_nobody_told_in_its_place(
    appointment: Appointment, office: Office, booker: Person, server: MailServer
) -> None:
    colleague(office, "ada")
    server.recipient_answers[booker.email] = "452 Full"

    with gateway.mailbox() as mailbox:
        deliver(notice_id=Notice.objects.get(kind=messages.BOOKED).pk, mailbox=mailbox, now=NOW)

    assert Notice.objects.get(kind=messages.BOOKED).status == Status.QUEUED


def test_a_notice_that_is_sent_again_goes_to_the_booker(
    appointment: Appointment, office: Office, booker: Person, server: MailServer
) -> None:
    ada = colleague(office, "ada")
    server.recipient_answers[booker.email] = "550 No such mailbox"
    send(messages.BOOKED)
    server.recipient_answers.clear()

    failed = Notice.objects.get(kind=messages.BOOKED, status=Status.FAILED)
    send_again(notice_id=failed.pk, now=NOW)
    send(messages.BOOKED)

    assert server.readers == [ada.email, booker.email]


# --- An office that ended ---


@pytest.fixture
def ended(appointment: Appointment, office: Office) -> Office:
    """Suspended an hour later; its appointments are cancelled five minutes after."""
    over = NOW + HOUR
    ended = offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=over)
    closing.cancel_for_ended_offices(most=10, now=over + HOUR / 12)
    return ended


def test_the_person_whose_access_ended_with_the_office_hears_that_it_is_cancelled(
    ended: Office, booker: Person
) -> None:
    assert send(messages.CANCELLED) == [booker.email]


def test_they_hear_of_it_also_when_the_suspended_office_was_closed_before_the_mail_left(
    ended: Office, booker: Person
) -> None:
    later = NOW + 2 * HOUR
    offices.close(
        office=ended, reason=OfficeEnd.RESIGNATION, until=later.date(), by=None, now=later
    )

    assert send(messages.CANCELLED, now=later) == [booker.email]


def test_nothing_else_reaches_the_people_of_an_office_that_ended(ended: Office) -> None:
    for kind in (messages.BOOKED, messages.REMINDER_DAY, messages.REMINDER_HOUR):
        assert send(kind) == []


def test_whoever_left_before_the_office_ended_does_not_hear_of_it(
    appointment: Appointment, office: Office, booker: Person
) -> None:
    last = colleague(office, "last")
    leave(booker, office)
    over = NOW + HOUR
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=over)
    closing.cancel_for_ended_offices(most=10, now=over)

    assert send(messages.CANCELLED) == [last.email]


def test_what_an_office_cancelled_itself_before_it_ended_invites_nobody_either(
    office: Office, booker: Person
) -> None:
    AppointmentFactory.create(office=office, by=booker, status="cancelled")
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=NOW + HOUR)

    assert send(messages.CANCELLED, now=NOW + HOUR) == [booker.email]

    assert "http" not in str(mail.outbox[0].body)


def test_an_office_that_came_back_is_told_in_the_usual_way(ended: Office) -> None:
    back = offices.reopen(office=ended, by=None, now=NOW + 2 * HOUR)
    newcomer = person_with(Role.OFFICE_MANAGER, office=back)

    assert send(messages.CANCELLED, now=NOW + 3 * HOUR) == [newcomer.email]
