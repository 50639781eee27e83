"""Appointments of a day that nobody keeps any more, whatever changed the hours: listed and rebooked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.liaison.actions import changing, rebooking
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import rebooking as queries
from comptoir.liaison.views import lead as views
from comptoir.notices.models import Notice
from comptoir.people.models import Person, Role
from comptoir.roster.models import ClosedDay, OfferedHours, Professional, ServiceDay
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    at,
    in_status,
    offer,
    open_day,
)
from tests.liaison.test_lead_pages import said
from tests.people.factories import person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import ClosedDayFactory

pytestmark = pytest.mark.django_db

THURSDAY = DAY + timedelta(days=1)

STORM = {"on": DAY.isoformat(), "name_en": "Storm", "name_fr": "Tempête", "reason": "Snow"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna() -> Professional:
    PolicyFactory.create(generous=True)
    return ProfessionalFactory.create(person__name="Anna Gone")


@pytest.fixture
def day(anna: Professional) -> ServiceDay:
    return open_day(DAY, [anna])


@pytest.fixture
def booked(day: ServiceDay) -> list[Appointment]:
    return [AppointmentFactory.create(starts_at=at(DAY, hour)) for hour in (9, 11, 14)]


@pytest.fixture
def person() -> Person:
    return person_with(Role.TEAM_LEAD)


@pytest.fixture
def lead(client: Client, person: Person) -> Client:
    return sign_in(client, person)


@pytest.fixture
def gone(day: ServiceDay, anna: Professional, booked: list[Appointment]) -> ServiceDay:
    """Nothing of the day is worked any more."""
    OfferedHours.objects.update(mask=0)
    return day


@pytest.fixture
def colleague(gone: ServiceDay) -> Professional:
    found = ProfessionalFactory.create(person__name="Noor Colleague")
    offer(gone, found)
    return found


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


class TestAffected:
    def test_what_is_worked_is_not_affected(
        self, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        assert list(queries.affected_by(day)) == []

    @pytest.mark.parametrize(
        ("first", "last", "hit"),
        [
            (time(9), time(17), []),
            (time(9, 15), time(17), [9]),
            (time(9), time(14, 15), [14]),
            (time(12), time(13), [9, 11, 14]),
        ],
    )
    def test_one_quarter_hour_that_is_not_worked_is_enough(
        self,
        day: ServiceDay,
        anna: Professional,
        booked: list[Appointment],
        first: time,
        last: time,
        hit: list[int],
    ) -> None:
        offer(day, anna, first=first, last=last)

        assert [one.starts_at for one in queries.affected_by(day)] == [at(DAY, h) for h in hit]

    def test_other_days_are_not_affected(self, gone: ServiceDay, anna: Professional) -> None:
        other = open_day(THURSDAY, [anna])
        AppointmentFactory.create(starts_at=at(THURSDAY, 10))

        assert not queries.affected_by(other).exists()
        assert queries.affected_by(gone).count() == 3

    def test_only_what_is_still_booked_wants_another_place(
        self, gone: ServiceDay, booked: list[Appointment]
    ) -> None:
        Appointment.objects.filter(pk=booked[0].pk).update(status=Status.CANCELLED)

        assert list(queries.affected_by(gone)) == booked[1:]

    def test_the_office_is_told_that_the_centre_is_closed_when_that_is_the_cause(
        self, gone: ServiceDay
    ) -> None:
        assert rebooking.reason_of(gone) == Reason.ABSENCE

        ClosedDayFactory.create(on=DAY)

        assert rebooking.reason_of(gone) == Reason.CLOSURE


class TestWhatWasDone:
    @pytest.mark.parametrize(("first", "counted"), [(time(9, 15), 1), (time(9, 30), 0)])
    def test_of_an_absence_what_it_overlaps_is_counted_as_it_is_listed(
        self, anna: Professional, booked: list[Appointment], first: time, counted: int
    ) -> None:
        absence = absent(anna, first=first, last=time(10))
        assert queries.affected_by(absence).count() == counted

        cancel(booked[0])

        assert queries.dealt_with(absence).cancelled == counted

    def test_of_a_day_what_the_centre_changed_of_it_is_counted(
        self, gone: ServiceDay, anna: Professional, booked: list[Appointment]
    ) -> None:
        other = open_day(THURSDAY, [anna])
        cancel(booked[0])

        assert queries.dealt_with(gone).cancelled == 1
        assert queries.dealt_with(other).total == 0


class TestPages:
    def test_each_is_listed_with_a_colleague_for_it(
        self, lead: Client, gone: ServiceDay, booked: list[Appointment], colleague: Professional
    ) -> None:
        words = said(lead.get(url("affected-on", DAY)))

        assert "still to decide 3" in words
        assert words.count("At the same time, with Noor Colleague") == 3

    def test_one_press_gives_it_to_a_colleague_and_the_office_is_told(
        self,
        lead: Client,
        person: Person,
        gone: ServiceDay,
        booked: list[Appointment],
        colleague: Professional,
    ) -> None:
        answer = lead.post(
            url("rebook-on", DAY, booked[0].reference),
            {"seen": "0", "professional": colleague.pk},
            follow=True,
        )

        assert answer.redirect_chain[-1][0] == url("affected-on", DAY)
        assert "keeps its time, with Noor Colleague. The office is told." in said(answer)
        event = AppointmentEvent.objects.get(kind=Happening.REASSIGNED)
        assert (event.by, event.side, event.reason) == (person, Side.CENTRE, Reason.ABSENCE)
        assert Notice.objects.filter(kind="liaison.reassigned").count() == 1

    def test_one_press_moves_what_a_closed_day_leaves(
        self, lead: Client, gone: ServiceDay, booked: list[Appointment]
    ) -> None:
        ClosedDayFactory.create(on=DAY)
        open_day(THURSDAY, [ProfessionalFactory.create()])

        lead.post(
            url("rebook-on", DAY, booked[0].reference), {"seen": "0", "start": "2026-11-19T15:00Z"}
        )

        event = AppointmentEvent.objects.get(kind=Happening.MOVED)
        assert (event.side, event.reason) == (Side.CENTRE, Reason.CLOSURE)

    def test_one_that_is_kept_is_not_rebooked_here(
        self, lead: Client, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        answer = lead.post(url("rebook-on", DAY, booked[0].reference), {}, follow=True)

        assert "has been dealt with in the meantime" in said(answer)

    def test_everything_goes_to_colleagues_in_one_press(
        self, lead: Client, gone: ServiceDay, colleague: Professional
    ) -> None:
        answer = lead.post(url("rebook-all-on", DAY), {"reach": "same_time"})

        assert "Every appointment was tried" in said(answer)
        assert url("affected-on", DAY) in answer.content.decode()
        assert not queries.affected_by(gone).exists()
        assert Appointment.objects.filter(professional=colleague).count() == 3

    def test_a_cancellation_starts_with_the_cause_and_leads_back(
        self, lead: Client, gone: ServiceDay, booked: list[Appointment]
    ) -> None:
        ClosedDayFactory.create(on=DAY)
        address = url("centre-cancel", booked[0].reference) + f"?day={DAY}"
        assert address in lead.get(url("affected-on", DAY)).content.decode()

        form = lead.get(address).context["form"]
        answer = lead.post(address, {"seen": "0", "reason": form.initial["reason"], "note": ""})

        assert form.initial["reason"] == Reason.CLOSURE
        assert answer["Location"] == url("affected-on", DAY)

    @pytest.mark.parametrize("named", ["x", "2031-01-06", "2026-13-01"])
    def test_a_day_that_leads_nowhere_does_not_exist(
        self, lead: Client, booked: list[Appointment], named: str
    ) -> None:
        address = url("centre-cancel", booked[0].reference) + f"?day={named}"

        assert lead.get(address).status_code == 404

    def test_a_day_that_is_not_published_has_no_such_page(self, lead: Client) -> None:
        assert lead.get(url("affected-on", DAY)).status_code == 404

    def test_the_board_leads_there(self, lead: Client, day: ServiceDay, booked: object) -> None:
        assert url("affected-on", DAY) not in lead.get(url("board-day", DAY)).content.decode()

        OfferedHours.objects.update(mask=0)

        assert url("affected-on", DAY) in lead.get(url("board-day", DAY)).content.decode()

    def test_the_professionals_page_leads_there(
        self, lead: Client, anna: Professional, gone: ServiceDay
    ) -> None:
        page = lead.get(reverse("roster:professional", args=[anna.code]))

        assert url("affected-on", DAY) in page.content.decode()

    def test_closing_a_day_says_first_how_many_appointments_it_hits(
        self, lead: Client, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        in_status(booked[0], Status.CANCELLED)

        asked = lead.post(reverse("roster:add-closed-day"), STORM)

        assert asked.status_code == 200
        assert "2 appointments are booked on that day" in asked.content.decode()
        assert 'value="Storm"' in asked.content.decode()
        assert not ClosedDay.objects.exists()

    def test_the_number_is_read_for_the_day_that_is_then_closed(
        self, lead: Client, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        other = (DAY + timedelta(days=1)).isoformat()

        asked = lead.post(reverse("roster:add-closed-day"), STORM | {"confirmed": other})

        assert "3 appointments are booked on that day" in asked.content.decode()
        assert not ClosedDay.objects.exists()

    def test_closing_a_published_day_leads_there(
        self, lead: Client, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        answer = lead.post(reverse("roster:add-closed-day"), STORM | {"confirmed": DAY.isoformat()})

        assert answer["Location"] == url("affected-on", DAY)
        assert queries.affected_by(day).count() == 3

    def test_a_day_with_nothing_booked_is_closed_without_another_word(
        self, lead: Client, day: ServiceDay
    ) -> None:
        answer = lead.post(reverse("roster:add-closed-day"), STORM)

        assert answer.status_code == 302
        assert ClosedDay.objects.get().on == DAY

    def test_a_day_that_cannot_be_closed_says_so_and_asks_nothing(
        self, lead: Client, day: ServiceDay, booked: list[Appointment]
    ) -> None:
        ClosedDayFactory.create(on=DAY)

        answer = lead.post(reverse("roster:add-closed-day"), STORM)

        assert answer.status_code == 422
        assert "The centre is closed on that day anyway." in said(answer)

    def test_each_row_costs_two_queries(
        self,
        lead: Client,
        gone: ServiceDay,
        colleague: Professional,
        django_assert_num_queries: Callable[[int], Any],
    ) -> None:
        lead.get(url("affected-on", DAY))

        # Session, person, grants; day, closed, count, rows, what was done; rules, closed days, names.
        with django_assert_num_queries(11 + 2 * 3):
            page = lead.get(url("affected-on", DAY))

        assert len(page.context["rows"]) == 3 <= views.AFFECTED_ON_A_PAGE


def cancel(appointment: Appointment) -> None:
    changing.cancel_appointment(
        appointment=appointment,
        side=Side.CENTRE,
        reason=Reason.ABSENCE,
        by=person_with(Role.TEAM_LEAD),
        now=NOW,
    )
