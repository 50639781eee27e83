"""What offices look for is kept: one row for each look, without a name, once a minute at most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey
from django.test import Client

from comptoir.domain.service_day import Reason, Refused
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import holding, searching
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import Decision, Mode, Search
from comptoir.liaison.queries.times import DayTimes
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    open_day,
)
from tests.liaison.posted import WHEN, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

ASKED = {"minutes": "30", "language": "en"}


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


def look(delegate: Client, office: Office, **asked: str) -> Any:
    return delegate.get(url("times", office.reference), {**ASKED, **asked})


def wish(hour: int = 10) -> Wish:
    return Wish(at(DAY, hour), 30, "en", Mode.TELEPHONE, telephone="613-555-0100")


class TestALookAtTheList:
    def test_keeps_what_was_asked_and_what_was_offered(
        self, delegate: Client, office: Office
    ) -> None:
        open_day(DAY, first=time(10), last=time(11))

        look(delegate, office)

        kept = Search.objects.get()
        assert (kept.office, kept.at, kept.quanta, kept.language) == (office, NOW, 2, "en")
        assert (kept.offered, kept.offered_on) == (3, [DAY])
        assert (kept.reason, kept.of_class, kept.starts_at) == ("", "", None)

    def test_keeps_the_third_soonest_time(self, delegate: Client, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(12))

        look(delegate, office)

        assert Search.objects.get().third_at == at(DAY, 10, 30)

    def test_keeps_no_third_time_where_only_two_are_offered(
        self, delegate: Client, office: Office
    ) -> None:
        open_day(DAY, first=time(10), last=time(10, 45))

        look(delegate, office)

        assert (Search.objects.get().offered, Search.objects.get().third_at) == (2, None)

    def test_keeps_the_window_up_to_the_horizon(self, delegate: Client, office: Office) -> None:
        look(delegate, office)

        kept = Search.objects.get()
        # Today offers nothing at all; ten business days after Monday the 16th.
        assert (kept.first, kept.last) == (date(2026, 11, 17), date(2026, 11, 30))

    def test_keeps_why_nothing_was_offered(self, delegate: Client, office: Office) -> None:
        open_day(DAY)
        for hour in (9, 11):
            AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=60)

        look(delegate, office)

        kept = Search.objects.get()
        assert (kept.offered, kept.offered_on, kept.reason) == (0, [], "day_limit")

    def test_that_is_not_filled_in_rightly_is_no_look(
        self, delegate: Client, office: Office
    ) -> None:
        look(delegate, office, minutes="17")

        assert not Search.objects.exists()

    def test_costs_one_statement(self, office: Office, django_assert_num_queries: Any) -> None:
        found = [DayTimes(DAY, (at(DAY, 10),), None)]

        with django_assert_num_queries(1):
            searching.note_look(office=office, minutes=30, language="en", found=found, now=NOW)


class TestALookForAnotherTime:
    def test_keeps_what_was_offered_as_if_the_appointment_were_given_up(
        self, delegate: Client, office: Office
    ) -> None:
        open_day(DAY, first=time(10), last=time(11))
        appointment = AppointmentFactory.create(office=office, starts_at=at(DAY, 10))

        delegate.get(url("move", appointment.reference))

        kept = Search.objects.get()
        assert (kept.office, kept.at, kept.quanta, kept.language) == (office, NOW, 2, "en")
        assert (kept.offered, kept.offered_on, kept.starts_at) == (2, [DAY], None)

    def test_that_went_on_to_a_refusal_is_kept_as_a_decision_alone(
        self, delegate: Client, office: Office
    ) -> None:
        open_day(DAY, first=time(10), last=time(12))
        appointment = AppointmentFactory.create(office=office, starts_at=at(DAY, 10))
        AppointmentFactory.create(starts_at=at(DAY, 11))

        answer = delegate.post(
            url("move", appointment.reference),
            {"start": "2026-11-18T16:00Z", "reason": "conflict", "note": "", "seen": "0"},
        )

        assert answer.status_code == 422
        assert Decision.objects.filter(office=office, accepted=False).count() == 1
        assert not Search.objects.exists()


class TestTheSameQuestionAgain:
    def test_within_a_minute_is_the_same_look(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        look(delegate, office)
        traveller.move_to(NOW + timedelta(seconds=59))
        look(delegate, office, view="calendar")

        assert Search.objects.count() == 1

    def test_after_a_minute_is_another_one(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        look(delegate, office)
        traveller.move_to(NOW + timedelta(seconds=60))
        look(delegate, office)

        assert Search.objects.count() == 2

    @pytest.mark.parametrize("other", [{"minutes": "45"}, {"language": "fr"}])
    def test_differs_with_what_is_asked(
        self, delegate: Client, office: Office, other: dict[str, str]
    ) -> None:
        look(delegate, office)
        look(delegate, office, **other)

        assert Search.objects.count() == 2

    def test_of_another_office_is_another_one(self, office: Office) -> None:
        found = [DayTimes(DAY, (), None)]
        for one in (office, OfficeFactory.create()):
            searching.note_look(office=one, minutes=30, language="en", found=found, now=NOW)

        assert Search.objects.count() == 2


class TestATimeThatCouldNotBeKept:
    def test_is_kept_with_its_reason(self, delegate: Client, office: Office) -> None:
        open_day(DAY)
        AppointmentFactory.create()

        delegate.post(url("hold", office.reference), WHEN)

        kept = Search.objects.get()
        assert (kept.starts_at, kept.first, kept.last) == (at(DAY, 10), DAY, DAY)
        assert (kept.offered, kept.reason) == (0, "time_taken")

    def test_that_is_kept_is_no_search(self, delegate: Client, office: Office) -> None:
        open_day(DAY)

        delegate.post(url("hold", office.reference), WHEN)

        assert not Search.objects.exists()

    def test_is_kept_with_the_class_it_fell_into(self, office: Office) -> None:
        refused = Refused(Reason.KEPT, {}, ShareClass.OPEN)

        searching.note_not_kept(office=office, wish=wish(), refused=refused, now=NOW)

        kept = Search.objects.get()
        assert (kept.reason, kept.of_class) == ("kept", "open")

    def test_at_two_starts_are_two_rows(self, office: Office) -> None:
        by = delegate_of(office)
        for hour in (10, 11):
            holding.hold_time(office=office, wish=wish(hour), by=by, now=NOW, seed=1)

        assert set(Search.objects.values_list("starts_at", flat=True)) == {
            at(DAY, 10),
            at(DAY, 11),
        }


def test_a_search_names_nobody() -> None:
    fields = Search._meta.get_fields()

    assert [field.name for field in fields if isinstance(field, ForeignKey)] == ["office"]


@pytest.mark.parametrize(
    "sql", ["UPDATE liaison_search SET offered = 7", "DELETE FROM liaison_search"]
)
def test_a_search_is_never_changed(office: Office, sql: str) -> None:
    kept_at: datetime = NOW
    searching.note_look(
        office=office, minutes=30, language="en", found=[DayTimes(DAY, (), None)], now=kept_at
    )

    refused = pytest.raises(DatabaseError, match="Cannot update or delete")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
