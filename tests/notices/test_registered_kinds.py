"""Every kind that any room has registered, from the fact to the mailbox: real rows, real contexts.

What a letter says comes from the room's own actions, readers and contexts: a word that a room
forgets stands in the letter as "None", and a kind without a fact below fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.enquiries import jobs as enquiry_jobs
from comptoir.enquiries.actions import answering, following, referring, scanning, telling
from comptoir.enquiries.gateway.scanning import Answer, Verdict
from comptoir.enquiries.models import Enquiry, ReferralKind, Tier
from comptoir.liaison.actions import changing, confirming, offering, waiting_rounds
from comptoir.liaison.jobs import cancel_for_ended_offices
from comptoir.liaison.models import Appointment, Reason, Side
from comptoir.notices import actions, gateway, kinds
from comptoir.notices.models import Notice, Status
from comptoir.people import jobs
from comptoir.people.actions import codes, invitations, offices
from comptoir.people.models import Language, Office, OfficeEnd, Person, Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import agent, in_hand, kept, received
from tests.enquiries.factories import enquiry as enquiry_of
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    move,
    open_day,
    waiting_entry,
)
from tests.liaison.flags import flag
from tests.notices.mail_server import MailServer
from tests.people import post
from tests.people.factories import OfficeFactory, PersonFactory, person_with

pytestmark = pytest.mark.django_db

READER = "reader@offices.example"
REFERENCE = "papineau"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def booked(language: str) -> Appointment:
    office = OfficeFactory.create(reference=REFERENCE)
    person = person_with(Role.DELEGATE, office=office, email=READER, language=language)
    open_day(professionals=ProfessionalFactory.create_batch(2))
    return AppointmentFactory.create(office=office, by=person)


def moved(language: str) -> None:
    move(booked(language), at(DAY, 14))


def moved_by_the_centre(language: str) -> None:
    move(booked(language), at(DAY, 14), side=Side.CENTRE, reason=Reason.ABSENCE)


def reassigned(language: str) -> None:
    changing.reassign_appointment(
        appointment=booked(language),
        reason=Reason.ABSENCE,
        by=person_with(Role.TEAM_LEAD),
        now=NOW,
        seed=1,
    )


def cancelled(language: str) -> None:
    appointment = booked(language)
    changing.cancel_appointment(
        appointment=appointment,
        side=Side.OFFICE,
        reason=Reason.NOT_NEEDED,
        by=appointment.booked_by,
        now=NOW,
    )


def cancelled_with_the_office(language: str) -> None:
    office = booked(language).office
    offices.suspend(office=office, reason=OfficeEnd.DISSOLUTION, by=None, now=NOW)
    cancel_for_ended_offices(0)


def to_confirm(language: str) -> None:
    """A flagged office, asked on the day before at the hour of its appointment."""
    appointment = booked(language)
    flag(appointment.office)
    confirming.ask(most=10, now=appointment.starts_at - timedelta(days=1))


def to_confirm_at_last(language: str) -> None:
    appointment = booked(language)
    flag(appointment.office)
    confirming.ask(most=10, now=appointment.starts_at - timedelta(hours=3))


def released(language: str) -> None:
    appointment = booked(language)
    flag(appointment.office)
    confirming.ask(most=10, now=appointment.starts_at - timedelta(hours=3))
    deadline = appointment.starts_at - timedelta(hours=1)
    assert confirming.release_unconfirmed(most=10, now=deadline) == 1


def invited(language: str) -> None:
    invite(language, Role.DELEGATE, OfficeFactory.create(reference=REFERENCE))


def invited_by_the_manager(language: str) -> None:
    office = OfficeFactory.create(reference=REFERENCE)
    invite(language, Role.DELEGATE, office, by=person_with(Role.OFFICE_MANAGER, office=office))


def invited_to_the_senate(language: str) -> None:
    office = OfficeFactory.create(reference=REFERENCE, senate=True, province="NB")
    invite(language, Role.DELEGATE, office)


def invited_to_the_centre(language: str) -> None:
    invite(language, Role.PROFESSIONAL, None)


def invite(language: str, role: Role, office: Office | None, by: Person | None = None) -> None:
    invitations.invite(
        email=READER,
        name="Reader",
        language=Language(language),
        time_zone="America/Toronto",
        role=role,
        office=office,
        by=by,
        now=NOW,
    )


def code_asked_for(kind: str) -> Callable[[str], None]:
    def ask(language: str) -> None:
        PersonFactory.create(email=READER, language=language)
        codes.send_code(kind=kind, address=READER, code="K7QX-2M4D", valid_for=10 * MINUTE, now=NOW)
        jobs.send_code(**post.waiting()[-1])

    return ask


def offered(language: str) -> None:
    office = OfficeFactory.create(reference=REFERENCE)
    person_with(Role.DELEGATE, office=office, email=READER, language=language)
    waiting_entry(office)


def waited_in_vain(language: str) -> None:
    """What was offered was not answered."""
    PolicyFactory.create(most_unanswered=1)
    offered(language)
    offering.serve_day(on=DAY, now=NOW + 16 * MINUTE)
    waiting_rounds.end_what_is_over(most=1, now=NOW + 16 * MINUTE)


def asked(language: str) -> Enquiry:
    return enquiry_of(email=READER, language=language, application_number="C000111222", now=NOW)


def asked_again(language: str) -> None:
    asked(language)
    asked(language)


def enquiry_answered(language: str) -> None:
    by = agent()
    held = in_hand(by, asked(language))
    answering.answer(
        enquiry=held,
        version=held.version,
        body="-",
        language=language,
        tier=Tier.GENERAL,
        line_of_business=held.line_of_business,
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )


def more_needed(language: str) -> None:
    by = agent()
    held = in_hand(by, asked(language))
    answering.ask_back(
        enquiry=held,
        version=held.version,
        body="-",
        language=language,
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )


def document_received(language: str) -> None:
    found = asked(language)
    Notice.objects.all().delete()
    kept(of=found)


def referred(language: str) -> None:
    referring.refer(
        enquiry=enquiry_of(),
        kind=ReferralKind.URGENT,
        unit="-",
        owner=person_with(Role.AGENT, email=READER, language=language),
        reason="-",
        by=person_with(Role.AGENT),
        now=NOW,
    )


def follow_code(language: str) -> None:
    found = asked(language)
    following.ask_for_code(reference=found.reference, email=READER, language=language, now=NOW)
    enquiry_jobs.send_follow_code(**args_of(following.SEND_CODE))


def references(language: str) -> None:
    received(email=READER, language=language, now=NOW)
    following.ask_for_references(email=READER, language=language, now=NOW)
    enquiry_jobs.send_references(**args_of(following.SEND_REFERENCES))


def args_of(task: str) -> dict[str, Any]:
    """What the newest job of this name was given."""
    job = ProcrastinateJob.objects.filter(task_name=task).latest("id")
    return dict(job.args)


def sunset_near(language: str) -> None:
    """The last day of a crisis line is a week away."""
    lead = person_with(Role.TEAM_LEAD, email=READER, language=language)
    open_crisis(by=lead, now=NOW, sunset_on=DAY + timedelta(days=5))
    telling.sunsets(now=NOW)


def document_infected(language: str) -> None:
    """Of an enquiry that an agent has in hand."""
    by = agent(person=person_with(Role.AGENT, email=READER, language=language))
    document = kept(of=in_hand(by, enquiry_of()))
    scanning.scan(document=document, scanner=Infected(), now=NOW)


class Infected:
    """A scanner that finds something in everything."""

    def scan(self, content: bytes) -> Answer:
        return Answer(Verdict.INFECTED, "Eicar")


Fact = Callable[[str], object]
FACTS: list[tuple[str, Fact]] = [
    ("enquiries.received", asked),
    ("enquiries.asked_again", asked_again),
    ("enquiries.answered", enquiry_answered),
    ("enquiries.document_infected", document_infected),
    ("enquiries.document_received", document_received),
    ("enquiries.follow_code", follow_code),
    ("enquiries.more_needed", more_needed),
    ("enquiries.references", references),
    ("enquiries.referred", referred),
    ("enquiries.sunset_near", sunset_near),
    ("liaison.booked", booked),
    ("liaison.offered", offered),
    ("liaison.waited_in_vain", waited_in_vain),
    ("liaison.reminder_day", booked),
    ("liaison.reminder_hour", booked),
    ("liaison.moved", moved),
    ("liaison.moved", moved_by_the_centre),
    ("liaison.reassigned", reassigned),
    ("liaison.cancelled", cancelled),
    ("liaison.cancelled", cancelled_with_the_office),
    ("liaison.cancelled", released),
    ("liaison.confirm_day", to_confirm),
    ("liaison.confirm_hours", to_confirm_at_last),
    ("people.invitation", invited),
    ("people.invitation", invited_by_the_manager),
    ("people.invitation", invited_to_the_senate),
    ("people.invitation", invited_to_the_centre),
    ("people.sign_in_code", code_asked_for("people.sign_in_code")),
    ("people.unlock_code", code_asked_for("people.unlock_code")),
]
"""What has to happen so that a notice of each kind is due; some kinds tell more than one story."""

every_fact = pytest.mark.parametrize(("kind", "fact"), FACTS)
both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def letter(kind: str, fact: Fact, language: str, mail_server: MailServer) -> EmailMessage:
    """The letter that reaches the reader once this has happened."""
    fact(language)
    if kinds.named(kind).context is not None:
        notice = Notice.objects.get(kind=kind)
        with gateway.mailbox() as mailbox:
            status = actions.deliver(
                notice_id=notice.pk, mailbox=mailbox, now=notice.send_after + timedelta(seconds=1)
            )
        assert status == Status.SENT, Notice.objects.get(pk=notice.pk).problem
    (received,) = mail_server.accepted
    assert received["To"] == READER
    return received


def text(received: EmailMessage) -> str:
    body = received.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_every_registered_kind_has_a_fact_here() -> None:
    assert {kind for kind, _fact in FACTS} == set(kinds.names())


@every_fact
def test_a_kind_speaks_its_readers_language(kind: str, fact: Fact, mail_server: MailServer) -> None:
    french = letter(kind, fact, "fr", mail_server)

    assert french["Content-Language"] == "fr"
    assert "soutien à la clientèle" in text(french)
    assert "client support" not in text(french)


@every_fact
@both_languages
def test_a_kind_leaves_no_sentence_unfinished(
    kind: str, fact: Fact, language: str, mail_server: MailServer
) -> None:
    received = letter(kind, fact, language, mail_server)
    whole = f"{received['Subject']}\n{text(received)}"

    for unfinished in ("None", "{%", "{{", "  ", "\n\n\n", ": \n", ":\n\n\n"):
        assert unfinished not in whole


@every_fact
@both_languages
def test_links_lead_to_this_service_in_the_readers_language(
    kind: str, fact: Fact, language: str, mail_server: MailServer
) -> None:
    lines = text(letter(kind, fact, language, mail_server)).splitlines()

    links = [line for line in lines if "://" in line]
    assert all(link.startswith(f"http://localhost:8000/{language}/") for link in links)
    may_have_none = kind.endswith("_code") or fact is cancelled_with_the_office
    assert links or may_have_none


@every_fact
def test_a_letter_says_that_no_person_wrote_it(
    kind: str, fact: Fact, mail_server: MailServer
) -> None:
    received = letter(kind, fact, "en", mail_server)

    assert received["Auto-Submitted"] in ("auto-generated", "auto-replied")
    assert received["X-Auto-Response-Suppress"] == "All"
    assert received[LOOP_HEADER] == "1"


@pytest.mark.parametrize(
    ("kind", "fact"), [pair for pair in FACTS if pair[0].startswith("liaison.")]
)
@both_languages
def test_a_letter_about_an_appointment_names_the_office(
    kind: str, fact: Fact, language: str, mail_server: MailServer
) -> None:
    """Whoever acts for several offices could not tell otherwise."""
    label = {"en": "Office: ", "fr": "Bureau\N{NO-BREAK SPACE}: "}[language]

    assert f"\n{label}{REFERENCE}\n" in text(letter(kind, fact, language, mail_server))


@pytest.mark.parametrize(
    ("kind", "fact"), [pair for pair in FACTS if pair[0].startswith("liaison.")]
)
def test_whoever_changes_a_calendar_brings_its_file_and_a_reminder_does_not(
    kind: str, fact: Fact, mail_server: MailServer
) -> None:
    received = letter(kind, fact, "en", mail_server)

    methods = [part.get_param("method") for part in received.walk()]
    quiet = "reminder" in kind or "confirm_" in kind
    changes_nothing = quiet or fact in (offered, waited_in_vain)
    expected = None if changes_nothing else "CANCEL" if "cancelled" in kind else "REQUEST"
    assert [method for method in methods if method] == ([expected] if expected else [])


@both_languages
def test_nobody_is_invited_to_choose_another_time_for_an_office_that_ended(
    language: str, mail_server: MailServer
) -> None:
    said = text(letter("liaison.cancelled", cancelled_with_the_office, language, mail_server))

    assert "http" not in said
    assert "another time" not in said
    assert "autre heure" not in said


def test_a_cancellation_otherwise_leads_to_other_times(mail_server: MailServer) -> None:
    said = text(letter("liaison.cancelled", cancelled, "en", mail_server))

    assert f"To choose another time:\nhttp://localhost:8000/en/offices/{REFERENCE}/times/" in said


@pytest.mark.parametrize(
    ("fact", "language", "said"),
    [
        (invited_by_the_manager, "en", "The manager of the office below invites you"),
        (invited_by_the_manager, "fr", "La personne qui gère le bureau ci-dessous vous invite"),
        (invited, "en", "The client support centre invites you to act for an office"),
        (invited_to_the_centre, "en", "administration invites you to join the centre"),
        (invited_to_the_senate, "en", f"Office: New Brunswick, Senate ({REFERENCE})"),
        (invited_to_the_senate, "fr", f"Nouveau-Brunswick, Sénat ({REFERENCE})"),
    ],
)
def test_an_invitation_says_who_invites_and_to_which_office(
    fact: Fact, language: str, said: str, mail_server: MailServer
) -> None:
    assert said in text(letter("people.invitation", fact, language, mail_server))


@both_languages
def test_an_invitation_names_the_seat_in_its_own_language_and_no_person(
    language: str, mail_server: MailServer
) -> None:
    said = text(letter("people.invitation", invited_by_the_manager, language, mail_server))

    office = Office.objects.select_related("district").get(reference=REFERENCE)
    assert office.district is not None
    names = {"en": office.district.name_en, "fr": office.district.name_fr}
    assert names.pop(language) in said
    assert names.popitem()[1] not in said
    manager = Person.objects.get(grants__role=Role.OFFICE_MANAGER)
    assert office.legislator not in said
    assert manager.name not in said
