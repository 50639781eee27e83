"""In which order rows are locked, and what is not locked: neither a circle nor a needless wait.

A booking's foreign keys are checked when it commits, while it still holds its day. Whoever locked the
office, the person or the professional with the key would stop it there, and the day with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from comptoir.liaison.actions import changing, serving
from comptoir.liaison.models import Appointment, Reason
from comptoir.people.actions import grants, offices, persons
from comptoir.people.models import Language, Office, OfficeEnd, Person, Role
from comptoir.roster.actions import professionals
from comptoir.roster.models import Professional
from tests.liaison.factories import (
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory
from tests.rivals import Rival

pytestmark = pytest.mark.django_db(transaction=True)


def book_in_haste(office: Office) -> Appointment:
    """Book, unless that means waiting for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    return AppointmentFactory.create(office=office)


def change_zone(professional: Professional, by: Person) -> Professional:
    return professionals.change_professional(
        professional=professional, languages=["en"], skills=[], time_zone="America/Vancouver",
        active=True, by=by, now=NOW,
    )  # fmt: skip


def test_a_professional_changes_while_somebody_books_and_neither_gives_way() -> None:
    """The change has the professional and waits for the day; the booking has the day and commits."""
    anna, lead = ProfessionalFactory.create(), PersonFactory.create()
    PolicyFactory.create()
    open_day(professionals=[anna])
    office = OfficeFactory.create()
    delegate_of(office)
    rivals: list[Rival] = []
    written = 0

    def change_before_it_is_written(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal written
        if 'INSERT INTO "liaison_appointment" ' in sql:
            written += 1
            if not rivals:
                rivals.append(Rival(lambda: change_zone(anna, lead)))
                assert rivals[0].waits(), "the change did not wait for the day: nothing is proved"
        return execute(sql, *rest)

    with connection.execute_wrapper(change_before_it_is_written):
        appointment = AppointmentFactory.create(office=office)

    assert isinstance(rivals[0].result(), Professional)
    assert written == 1, "the booking was stopped by a deadlock and tried again"
    anna.refresh_from_db()
    assert anna.time_zone == "America/Vancouver"
    assert appointment.professional == anna


CHANGES: dict[str, Callable[[Office, Person], object]] = {
    "the office's settings": lambda office, by: offices.change_settings(
        office=office, language=Language.FRENCH, time_zone="America/Regina",
        remind_day_before=True, remind_hour_before=False, by=by, now=NOW,
    ),
    "whether the office is active": lambda office, by: offices.suspend(
        office=office, reason=OfficeEnd.DISSOLUTION, by=by, now=NOW
    ),
    "the person's details": lambda office, by: persons.change_details(
        person=delegate_of(office), name="Nora Frostmere", language=Language.FRENCH,
        time_zone="America/Regina", by=by, now=NOW,
    ),
    "the person's roles": lambda office, by: grants.grant_role(
        person=delegate_of(office), role=Role.OFFICE_MANAGER, office=office, by=by, now=NOW
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_booking_does_not_wait_for_who_changes(what: str) -> None:
    PolicyFactory.create()
    open_day()
    office, lead = OfficeFactory.create(), PersonFactory.create()
    delegate_of(office)

    with transaction.atomic():
        CHANGES[what](office, lead)
        assert isinstance(Rival(lambda: book_in_haste(office)).result(), Appointment)


def test_who_begins_an_appointment_takes_the_professional_before_it() -> None:
    """Whoever changes the professional and waits for the day would else close a circle with a move."""
    appointment = AppointmentFactory.create()

    with transaction.atomic():
        Professional.objects.select_for_update(no_key=True).get()
        rival = Rival(lambda: begin(appointment))
        assert rival.waits(), "nobody waits for the professional"
        assert Appointment.objects.select_for_update(no_key=True, nowait=True).get() == appointment

    assert isinstance(rival.result(), Appointment)


def test_an_appointment_given_to_a_colleague_is_not_begun_from_a_page_that_shows_the_first() -> (
    None
):
    appointment = AppointmentFactory.create()
    open_day()
    given = changing.reassign_appointment(
        appointment=appointment, reason=Reason.ABSENCE, by=PersonFactory.create(), now=NOW, seed=1
    )
    assert given.professional != appointment.professional

    with pytest.raises(serving.WrongState):
        begin(appointment)

    assert begin(given).professional == given.professional


def begin(appointment: Appointment) -> Appointment:
    return serving.start_appointment(
        appointment=appointment, office_late_minutes=0, by=appointment.professional.person,
        now=appointment.starts_at,
    )  # fmt: skip
