"""What an office does with an appointment it has, and what it reads: through the address table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.audit.models import Event
from comptoir.liaison.models import Outcome, Policy, Status
from comptoir.people.models import Office, Role
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    finish,
    open_day,
    record,
    start,
)
from tests.liaison.posted import FORM, said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    PolicyFactory.create()
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def book_url(office: Office) -> str:
    return url("book", office.reference)


def test_moving_says_what_it_costs_and_moves(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)
    address = url("move", appointment.reference)

    page = delegate.get(address)
    assert page.context["cost"].late is False
    delegate.post(
        address, {"seen": "0", "start": "2026-11-18T19:00Z", "reason": "conflict", "note": ""}
    )

    appointment.refresh_from_db()
    assert appointment.starts_at == at(DAY, 14)
    assert appointment.events.get(kind="moved").reason == "conflict"


def test_a_move_without_a_reason_asks_for_it(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    page = delegate.post(
        url("move", appointment.reference), {"seen": "0", "start": "2026-11-18T19:00Z"}
    )

    assert page.status_code == 422
    appointment.refresh_from_db()
    assert appointment.starts_at == at(DAY, 10)


def test_a_refused_move_leaves_the_appointment_and_offers_the_nearest(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)
    AppointmentFactory.create(office=OfficeFactory.create(), starts_at=at(DAY, 14))

    page = delegate.post(
        url("move", appointment.reference),
        {"seen": "0", "start": "2026-11-18T19:00Z", "reason": "conflict"},
    )

    assert page.status_code == 422
    assert at(DAY, 14, 30) in page.context["alternatives"]
    assert "Your appointment is where it was." in page.text


def test_the_time_that_it_has_is_no_other_time(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)
    address = url("move", appointment.reference)

    offered = delegate.get(address).context["days"]
    page = delegate.post(address, {"seen": "0", "start": "2026-11-18T15:00Z", "reason": "conflict"})

    assert at(DAY, 10) not in [start for day in offered for start in day.starts]
    assert at(DAY, 10, 15) in [start for day in offered for start in day.starts]
    assert page.status_code == 422
    assert "Your appointment is at that time already." in page.text
    assert at(DAY, 10, 15) in page.context["alternatives"]
    assert not appointment.events.filter(kind="moved").exists()


def test_a_day_with_no_other_time_than_its_own_says_so(delegate: Client, office: Office) -> None:
    open_day(first=time(10), last=time(10, 30))
    appointment = AppointmentFactory.create(office=office, minutes=30)

    page = delegate.get(url("move", appointment.reference))

    day = next(day for day in page.context["days"] if day.on == DAY)
    assert (day.starts, day.explanation.next_step in page.text) == ((), True)
    assert "The only time that could be booked on that day is the one your appointment has." in (
        page.text
    )


def test_cancelling_says_what_it_costs_and_frees_the_time(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    page = delegate.get(url("cancel", appointment.reference))
    assert "This time would no longer count" in page.text
    assert "If you cancel it, its time (30 minutes) no longer counts" in said(page.text)
    delegate.post(
        url("cancel", appointment.reference), {"seen": "0", "reason": "not_needed", "note": ""}
    )

    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_what_can_no_longer_be_changed_says_so(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office, status=Status.CANCELLED)

    for name in ("move", "cancel"):
        page = delegate.get(url(name, appointment.reference), follow=True)
        assert "can no longer be changed" in page.text


def test_the_office_reads_the_outcome_of_each_of_its_cases(
    delegate: Client, office: Office
) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))

    page = delegate.get(url("appointment", appointment.reference))

    assert "Answered" in page.text
    assert "The file is with the visa office." in page.text
    with time_machine.travel(appointment.starts_at + timedelta(hours=1)):
        later = sign_in(Client(), appointment.booked_by)
        home = later.get(url("office", office.reference))
    assert "The file is with the visa office." in home.text


def test_the_professionals_own_notes_are_never_shown_to_the_office(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)
    appointment.case_lines.update(preparation="Confidential remark")

    page = delegate.get(url("appointment", appointment.reference))

    assert "Confidential remark" not in page.text


def test_answers_are_found_by_number_word_and_reference_and_no_address_says_what_was_sought(
    client: Client, office: Office
) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))
    address = url("answers", office.reference)

    with time_machine.travel(appointment.starts_at + timedelta(hours=1), tick=False):
        delegate = sign_in(client, appointment.booked_by)
        for words in ("11-2233-4455", "visa office", appointment.reference.lower()):
            answer = delegate.post(address, {"words": words})
            assert answer["Location"] == address
            assert len(delegate.get(address).context["page"].object_list) == 1
        delegate.post(address, {"words": "nothing like it"})
        assert not delegate.get(address).context["page"].object_list
        delegate.post(address, {"words": "\x00"})
        assert len(delegate.get(address).context["page"].object_list) == 1


def test_an_answer_is_read_once_the_appointment_is_finished_not_while_it_can_be_corrected(
    client: Client, office: Office
) -> None:
    appointment = start(AppointmentFactory.create(office=office))
    record(appointment, Outcome.ANSWERED)

    with time_machine.travel(appointment.starts_at + timedelta(minutes=30), tick=False):
        delegate = sign_in(client, appointment.booked_by)
        for name in ("appointment", "answers", "office"):
            arguments = appointment.reference if name == "appointment" else office.reference
            assert "visa office" not in delegate.get(url(name, arguments)).text


def test_looking_at_answers_leaves_one_row_on_the_trail(client: Client, office: Office) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))

    with time_machine.travel(appointment.starts_at + timedelta(hours=1), tick=False):
        sign_in(client, appointment.booked_by).get(url("answers", office.reference))

    seen = Event.objects.get(action="cases.seen")
    assert seen.detail == {"cases": [case.pk for case in appointment.case_lines.all()]}
    assert seen.office_id == office.pk


def test_every_coming_appointment_can_be_reached_however_many_there_are(
    delegate: Client, office: Office
) -> None:
    PolicyFactory.create(generous=True, valid_from=date(2022, 2, 1))
    for day in range(2):
        on = DAY + timedelta(days=day)
        open_day(on, professionals=[ProfessionalFactory.create() for _ in range(2)])
        for hour in range(9, 17):
            for minute in (0, 30):
                AppointmentFactory.create(office=office, starts_at=at(on, hour, minute), minutes=30)

    first = delegate.get(url("coming", office.reference))
    second = delegate.get(url("coming", office.reference), {"page": "2"})

    shown = [*first.context["page"].object_list, *second.context["page"].object_list]
    assert len(shown) == len({appointment.pk for appointment in shown}) == 32


def test_a_move_past_the_end_of_a_consent_is_said_on_the_appointment(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(
        office=office, cases=[consent_case(consent_expires_on=DAY), consent_case()]
    )
    later = DAY + timedelta(days=1)
    open_day(later)

    delegate.post(
        url("move", appointment.reference),
        {"seen": "0", "start": "2026-11-19T15:00Z", "reason": "conflict"},
    )

    page = delegate.get(url("appointment", appointment.reference))
    assert page.context["lapsed"] == [1]
    assert "may not speak about case 1" in page.text


@pytest.mark.parametrize(
    "start", ["9999-12-30T12:00Z", "0001-01-01T00:00+10:00", "2026-11-18T10:00"]
)
def test_an_instant_that_nobody_offers_is_no_time_and_leaves_nothing_behind(
    delegate: Client, office: Office, start: str
) -> None:
    for name in ("hold", "book"):
        answer = delegate.post(url(name, office.reference), FORM | {"start": start})
        assert answer["Location"] == url("times", office.reference)
    assert not office.weeks.exists()


@pytest.mark.parametrize("name", ["appointment", "move", "cancel", "calendar-file"])
def test_another_offices_appointment_does_not_exist(
    client: Client, office: Office, name: str
) -> None:
    appointment = AppointmentFactory.create(office=office)
    stranger = sign_in(client, delegate_of(OfficeFactory.create()))

    assert stranger.get(url(name, appointment.reference)).status_code == 404


def test_the_calendar_file_holds_no_word_of_a_case(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    text = delegate.get(url("calendar-file", appointment.reference)).content.decode()

    assert "DTSTART:20261118T150000Z" in text
    case = appointment.case_lines.get()
    for word in (case.question, case.uci, case.consent_signer, office.legislator):
        assert word not in text


def test_an_office_sees_its_past_page_by_page(delegate: Client, office: Office) -> None:
    AppointmentFactory.create(office=office, status=Status.CANCELLED)

    page = delegate.get(url("past", office.reference))

    assert len(page.context["page"].object_list) == 1


def test_every_office_reads_the_rule_in_plain_words(delegate: Client) -> None:
    page = delegate.get(url("rule"))

    assert "2 hours" in said(page.text)
    assert "Test rule" in page.text
    assert "Tried out until the summer." in page.text
    french = delegate.get("/fr/rule/").text
    assert "Règle d’essai" in french
    assert "À l’essai jusqu’à l’été." in french


def test_the_policy_owner_sets_the_next_version_and_nobody_else(
    client: Client, office: Office
) -> None:
    owner = sign_in(client, person_with(Role.POLICY_OWNER))
    values = {
        "valid_from": "2026-12-01",
        "name_en": "Next",
        "name_fr": "Suivante",
        "remark_en": "Decided by the steering committee.",
        "remark_fr": "Décidé par le comité directeur.",
        "minutes_per_day": "90",
        "minutes_per_week": "60",
        "lengths": ["15", "30"],
        "horizon_business_days": "10",
        "least_notice_minutes": "15",
        "late_notice_minutes": "120",
        "most_case_lines": "12",
        "hold_minutes": "5",
        "no_show_after_minutes": "20",
        "start_early_minutes": "30",
    }

    prefilled = owner.get(url("new-rule")).context["form"]
    assert prefilled["minutes_per_day"].value() == 120
    assert not prefilled["remark_en"].value()
    refused = owner.post(url("new-rule"), values)
    assert refused.status_code == 422
    assert "cannot be under the limit of a day" in refused.text
    yesterday = owner.post(
        url("new-rule"), values | {"valid_from": "2026-11-16", "minutes_per_week": "90"}
    )
    assert "Choose tomorrow or a later day." in yesterday.text

    compared = owner.post(url("new-rule"), values | {"minutes_per_week": "90"})
    last = compared.context["comparison"].last_version
    assert not Policy.objects.filter(version__gt=last).exists()
    owner.post(url("new-rule"), values | {"minutes_per_week": "90", "seen": str(last)})
    assert "Next" in owner.get(url("rule")).text
    assert Policy.objects.latest("version").no_show_after_minutes == 20
    assert Policy.objects.latest("version").start_early_minutes == 30
    assert sign_in(Client(), delegate_of(office)).get(url("new-rule")).status_code == 403
