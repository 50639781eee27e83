"""Changes to the roster that come together do not forget one another."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from comptoir.domain.periods import Period
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.models import Claim
from comptoir.people.models import Person
from comptoir.roster.actions import absences, extra_hours, publishing
from comptoir.roster.actions.locking import ROSTER_LOCK, RosterBusy
from comptoir.roster.models import AbsenceKind, OfferedHours, Professional
from tests.liaison.factories import AppointmentFactory, PolicyFactory, delegate_of
from tests.people.factories import OfficeFactory, PersonFactory
from tests.rivals import Rival
from tests.roster.factories import (
    NOW,
    ExtraHoursFactory,
    ProfessionalFactory,
    between,
    full_week,
)

pytestmark = pytest.mark.django_db(transaction=True)

WEDNESDAY = date(2026, 11, 25)
TEN = datetime.fromisoformat("2026-11-25T15:00+00:00")


def absent(anna: Professional, by: Person) -> None:
    absences.record_absence(
        professional=anna,
        kind=AbsenceKind.SICK,
        period=Period(TEN, TEN + timedelta(hours=2)),
        by=by,
        now=NOW,
    )


def test_an_absence_and_an_approval_at_the_same_moment_both_count() -> None:
    anna, lead = ProfessionalFactory.create(), PersonFactory.create()
    full_week(anna)
    extra = ExtraHoursFactory.create(professional=anna)
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)

    with transaction.atomic():
        absent(anna, lead)
        rival = Rival(lambda: extra_hours.approve_extra_hours(extra=extra, by=lead, now=NOW))
        assert rival.waits(), "the rival did not wait: the lock proves nothing"

    assert rival.result().extra == extra
    assert OfferedHours.objects.get().mask == between(8, 10) | between(12, 18)


def test_who_waits_too_long_for_the_roster_is_told_so_and_nothing_is_written() -> None:
    anna, lead = ProfessionalFactory.create(), PersonFactory.create()
    refusals: list[Exception] = []

    def hurried() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            absent(anna, lead)
        except RosterBusy as error:
            refusals.append(error)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROSTER_LOCK])
        Rival(hurried).result()

    assert len(refusals) == 1
    assert not anna.absences.exists()


def test_a_booking_during_a_publication_waits_and_then_sees_what_is_left() -> None:
    anna, lead = ProfessionalFactory.create(), PersonFactory.create()
    full_week(anna)
    publishing.publish_day(on=WEDNESDAY, by=None, now=NOW)
    PolicyFactory.create()
    office = OfficeFactory.create()
    delegate_of(office)

    with transaction.atomic():
        absent(anna, lead)
        rival = Rival(
            lambda: AppointmentFactory.create(office=office, starts_at=TEN, minutes=30, now=NOW)
        )
        assert rival.waits(), "the booking did not wait for the day"

    refused = rival.result()
    assert isinstance(refused, NotAdmitted)
    assert refused.decision.reason == "not_worked"
    assert not Claim.objects.exists()
