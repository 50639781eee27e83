"""What earlier days left unfinished stands on top of the professional's day and on the lead's board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from comptoir.liaison.models import UNFINISHED_STATUSES, Appointment, Status
from comptoir.liaison.queries import unfinished
from comptoir.roster.models import Professional
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    ProfessionalFactory,
    at,
    in_status,
    open_day,
)
from tests.liaison.professional_pages.pages import markup, said, url

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = DAY - timedelta(days=2), DAY - timedelta(days=1)
ON_TOP = "not finished"

YEARS = """
    INSERT INTO liaison_appointment SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', one.id + n, 'reference', 'R' || n, 'uid', gen_random_uuid(), 'attempt', null,
        'status', 'finished', 'starts_at', one.starts_at - n * interval '1 hour',
        'ends_at', one.ends_at - n * interval '1 hour', 'started_at', one.starts_at - n * interval '1 hour',
        'finished_at', one.ends_at - n * interval '1 hour'))).*
    FROM liaison_appointment one, generate_series(1, 5000) n"""
"""The same appointment once an hour before it, finished: a planner chooses among many rows only."""


@pytest.fixture
def earlier(professional: Professional) -> Callable[..., Appointment]:
    """An appointment of an earlier day of this professional, taken to a status."""

    def made(
        on: date = TUESDAY,
        hour: int = 10,
        status: Status = Status.BOOKED,
        whose: Professional = professional,
        **values: Any,
    ) -> Appointment:
        open_day(on, [whose], first=time(9), last=time(18))
        asked = at(on - timedelta(days=3), 9)
        appointment = AppointmentFactory.create(
            **{"starts_at": at(on, hour), "now": asked, **values}
        )
        assert appointment.professional == whose
        return in_status(appointment, status)

    return made


class TestDay:
    def test_the_oldest_stands_first_with_what_is_missing(
        self, desk: Client, earlier: Callable[..., Appointment]
    ) -> None:
        tuesday = earlier(TUESDAY, 14)
        monday = earlier(MONDAY, 11, Status.STARTED)

        page = desk.get(url("day"))

        words = said(page)
        assert "2 appointments of earlier days are not finished" in markup(page)
        first = f"November 16, 2026, 11:00 a.m., {monday.office.legislator} – begun, without an end"
        second = f"November 17, 2026, 2:00 p.m., {tuesday.office.legislator} – nobody has said"
        assert -1 < words.find(first) < words.find(second)
        for appointment in (monday, tuesday):
            assert url("served", appointment.reference) in markup(page)

    @pytest.mark.parametrize("status", [s for s in Status if s not in UNFINISHED_STATUSES])
    def test_what_has_ended_is_not_among_them(
        self, desk: Client, earlier: Callable[..., Appointment], status: Status
    ) -> None:
        earlier(status=status)

        assert ON_TOP not in markup(desk.get(url("day")))

    def test_what_is_of_today_is_said_as_before(self, desk: Client) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 9))

        words = markup(desk.get(url("day")))

        assert ON_TOP not in words
        assert "1 appointment has passed and nobody has said what became of it" in words

    def test_it_goes_once_it_is_dealt_with(
        self, desk: Client, earlier: Callable[..., Appointment]
    ) -> None:
        forgotten = earlier()
        desk.post(url("served", forgotten.reference), {"no-show": "1"})

        assert ON_TOP not in markup(desk.get(url("day")))

    def test_earlier_days_show_their_own_and_later_days_show_all(
        self, desk: Client, professional: Professional, earlier: Callable[..., Appointment]
    ) -> None:
        earlier()
        thursday = DAY + timedelta(days=1)
        open_day(thursday, [professional])

        assert "earlier day" not in markup(desk.get(url("day-on", TUESDAY)))
        assert "1 appointment of an earlier day" in markup(desk.get(url("day-on", thursday)))

    def test_a_colleagues_are_not_among_them(
        self, desk: Client, earlier: Callable[..., Appointment]
    ) -> None:
        earlier(MONDAY, whose=ProfessionalFactory.create())

        assert ON_TOP not in markup(desk.get(url("day")))

    def test_of_very_many_the_oldest_are_named_and_all_are_counted(
        self, desk: Client, earlier: Callable[..., Appointment]
    ) -> None:
        last = None
        for hour in range(10, 17):
            for minute in (0, 15, 30):
                last = earlier(MONDAY, starts_at=at(MONDAY, hour, minute), minutes=15)

        page = desk.get(url("day"))

        assert last is not None
        assert f"{unfinished.MOST + 1} appointments of earlier days" in markup(page)
        assert "These are the oldest; the others follow." in said(page)
        assert url("served", last.reference) not in markup(page)


class TestBoard:
    def test_the_lead_sees_who_left_how_many_since_when(
        self, lead: Client, professional: Professional, earlier: Callable[..., Appointment]
    ) -> None:
        other = ProfessionalFactory.create(person__name="Robin Colleague")
        earlier(TUESDAY, 14)
        earlier(TUESDAY, 15)
        earlier(MONDAY, 10, whose=other)

        page = lead.get(url("board"))

        words = said(page)
        assert "3 appointments of earlier days are not finished" in markup(page)
        robin = words.index("Robin Colleague – 1, of November 16, 2026")
        casey = words.index("Casey Professional – 2, the oldest of November 17, 2026")
        assert robin < casey
        for whose in (other, professional):
            assert f"{url('day')}?professional={whose.pk}" in markup(page)

    def test_when_everything_is_finished_it_says_nothing(
        self, lead: Client, earlier: Callable[..., Appointment]
    ) -> None:
        earlier(status=Status.FINISHED)

        assert ON_TOP not in markup(lead.get(url("board")))


def test_among_years_of_finished_appointments_an_index_finds_the_others(
    earlier: Callable[..., Appointment],
) -> None:
    earlier()
    with connection.cursor() as cursor:
        cursor.execute(YEARS)
        cursor.execute("ANALYZE liaison_appointment")

    plan = unfinished._before(DAY).only("pk").explain()

    assert "appointment_unfinished" in plan
