"""The whole way of an appointment, in both languages: invited, booked, moved, worked, answered, refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.liaison.models import Appointment, Outcome, Status
from comptoir.people.models import Office, Person, Role
from comptoir.roster.models import Professional
from tests.browser import booking
from tests.browser.cases import THREE, kept
from tests.browser.conftest import NewVisitor
from tests.browser.post import calendar_in, text_of
from tests.browser.visiting import Visitor, give_app
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEWCOMER = "newcomer@people.example"


@pytest.fixture
def professional(language: str, transactional_db: None) -> Professional:
    """Somebody who works on `DAY` and holds an authenticator app."""
    PolicyFactory.create()
    found: Professional = ProfessionalFactory.create(person=PersonFactory.create(language=language))
    give_app(found.person)
    open_day(professionals=[found])
    return found


@pytest.fixture
def office(language: str, professional: Professional) -> Office:
    """An office that is on the telephone."""
    made: Office = OfficeFactory.create(language=language)
    made.telephones.create(label="Reception", number="613-555-0188")
    return made


def invite(visitor: Visitor, office: Office) -> None:
    """The manager asks somebody to join."""
    visitor.signs_in(person_with(Role.OFFICE_MANAGER, office=office, language=visitor.language))
    visitor.follow("Who has access")
    visitor.heading("Who has access")
    visitor.type("Name", "Nadine Newcomer")
    visitor.type("E-mail address", NEWCOMER)
    visitor.tick("French" if visitor.language == "fr" else "English")
    visitor.press("Send the invitation")
    expect(visitor.page.get_by_role("cell", name=NEWCOMER)).to_be_visible()


def join(visitor: Visitor) -> Person:
    """Who was asked follows the link in the mail and signs in."""
    visitor.open(visitor.post.link(NEWCOMER))
    visitor.heading("You are invited")
    assert visitor.field("Name").input_value() == "Nadine Newcomer"
    visitor.press("Accept the invitation")
    visitor.sees("Sign in with the address that we wrote to.")
    person = Person.objects.get(email=NEWCOMER)
    visitor.signs_in(person)
    return person


def book_and_move(visitor: Visitor, office: Office) -> Appointment:
    """45 minutes with three cases at ten; then at two in the afternoon."""
    booking.times_for(visitor, office, 45)
    booking.take(visitor, at(DAY, 10))
    expect(visitor.field("Telephone number")).to_have_value("613-555-0188")
    expect(visitor.field("Telephone number")).to_be_visible()
    booking.type_cases(visitor, THREE)
    appointment = booking.send(visitor)
    first = visitor.post.last(NEWCOMER)

    visitor.follow("Move")
    visitor.heading("Move this appointment")
    visitor.ready()
    visitor.choose("Reason", "conflict")
    new = visitor.page.get_by_role("button", name=booking.clock_face(visitor, at(DAY, 14)))
    visitor.unfold(new)
    new.click()
    visitor.sees("Your appointment is moved.")

    before, after = (calendar_in(letter) for letter in (first, visitor.post.last(NEWCOMER)))
    assert [before[0]["METHOD"], after[0]["METHOD"]] == ["REQUEST", "REQUEST"]
    assert [before[1]["SEQUENCE"], after[1]["SEQUENCE"]] == [0, 1]
    assert before[1]["UID"] == after[1]["UID"]
    assert [before[1].start, after[1].start] == [at(DAY, 10), at(DAY, 14)]
    assert after[1].end - after[1].start == timedelta(minutes=45)
    told = text_of(first) + text_of(visitor.post.last(NEWCOMER))
    assert not [case for case in THREE if case.question in told or (case.uci or "F123") in told]
    return appointment


def work(visitor: Visitor, appointment: Appointment) -> None:
    """The professional signs in, works the appointment and answers each case."""
    visitor.signs_in(appointment.professional.person)
    visitor.follow("Open it")
    visitor.press("Begin the appointment")
    for position, (label, answer) in enumerate(ANSWERS, start=1):
        case = visitor.page.locator(f"#case-{position}")
        visitor.ready()
        visitor.tick(str(label), case)
        visitor.type("What the office reads", answer, case)
        if label == Outcome.REFERRED.label:
            visitor.type("What is to be done, and by whom", "Ask the visa office", case)
            usual = visitor.says("In %(count)s business days", count=10)
            case.get_by_label(usual).check(force=True)
        case.get_by_role("button").last.click()
        expect(case.get_by_text(visitor.says("Saved"), exact=True)).to_be_visible()
    visitor.press("Finish the appointment")
    visitor.sees("Back to the day")


ANSWERS = (
    (Outcome.ANSWERED.label, "The file is with the visa office since October."),
    (Outcome.REFERRED.label, "The intake team looks for the missing form."),
    (Outcome.MORE_NEEDED.label, "Please send the new employer’s letter."),
)


def test_an_appointment_goes_all_the_way(
    new_visitor: NewVisitor,
    language: str,
    office: Office,
    professional: Professional,
    clock: time_machine.Traveller,
) -> None:
    invite(new_visitor(language), office)
    delegate = new_visitor(language)
    join(delegate)
    appointment = book_and_move(delegate, office)

    clock.move_to(at(DAY, 13, 58))
    work(new_visitor(language), Appointment.objects.get(pk=appointment.pk))

    delegate.go("liaison:appointment", appointment.reference)
    delegate.unlocks(Person.objects.get(email=NEWCOMER))
    delegate.is_at("liaison:appointment", appointment.reference)
    for _, answer in ANSWERS:
        delegate.sees(answer)
    finished = Appointment.objects.get(pk=appointment.pk)
    assert finished.status == Status.FINISHED


def test_an_office_at_its_daily_limit_is_refused_with_a_next_step_and_keeps_what_it_typed(
    new_visitor: NewVisitor, language: str, office: Office, professional: Professional
) -> None:
    delegate = new_visitor(language)
    delegate.comes_signed_in(person_with(Role.DELEGATE, office=office, language=language))
    booking.times_for(delegate, office, 45)
    booking.take(delegate, at(DAY, 10))
    booking.type_cases(delegate, THREE)
    # A colleague of the same office uses the rest of the day meanwhile.
    for hour in (13, 14):
        AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=60)

    delegate.watch.expect(422)
    delegate.press("Book this appointment")

    delegate.sees("This time could not be booked")
    delegate.sees("Choose another day, or move or cancel an appointment of that day in good time.")
    delegate.ready()
    for number, case in enumerate(THREE):
        kept(delegate, booking.rows(delegate).nth(number), case)
