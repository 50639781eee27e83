"""The months of the ledger: made when needed, once, without stopping anybody; and never rewritten."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from comptoir.ledger import jobs
from comptoir.ledger.actions import partitions, recording
from comptoir.ledger.models import Contact, Outcome
from comptoir.ui import clock
from tests import rivals
from tests.ledger.accounts import account, months, recorded, unanswered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_no_month_yet")]


def test_the_first_row_of_a_month_makes_it() -> None:
    assert months() == []

    recorded()

    assert months() == ["ledger_contact_2026_11"]


def test_a_month_is_made_once() -> None:
    days = [date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)]

    assert partitions.make_months(days=days) == ["ledger_contact_2026_12", "ledger_contact_2027_01"]
    assert partitions.make_months(days=days) == []


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_the_month_after(day: date, after: date) -> None:
    assert partitions.first_after(day) == after


def test_the_first_and_the_last_day_are_in_their_month() -> None:
    first = datetime(2026, 11, 1, 4, tzinfo=UTC)
    last = datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC)
    for number, at in enumerate((first, last)):
        recorded(
            source_id=str(number), received_at=at, offered_at=at, answered_at=at, ended_at=None
        )

    assert months() == ["ledger_contact_2026_11"]
    assert {row.on for row in Contact.objects.all()} == {date(2026, 11, 1), date(2026, 11, 30)}


def test_the_nightly_job_makes_this_month_and_the_next_two() -> None:
    jobs.make_months(0)
    made = months()

    today = clock.service_date(clock.now())
    assert made[0] == partitions.name_of(today)
    assert len(made) == 3
    jobs.make_months(0)
    assert months() == made


def test_rows_of_a_month_that_is_there_already_are_protected_too() -> None:
    """The trigger of the whole is one of each part, also of one that is attached later."""
    recorded()

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM ledger_contact_2026_11")


def test_a_month_has_the_constraints_and_the_key_of_the_whole() -> None:
    recorded()
    count = (
        "SELECT count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'p')"
    )

    with connection.cursor() as cursor:
        counts = []
        for name in ("ledger_contact", "ledger_contact_2026_11"):
            cursor.execute(count, [name])
            counts.append(cursor.fetchone()[0])

    assert counts[0] == counts[1] > 5


def test_what_is_asked_of_some_days_reads_their_month_only() -> None:
    partitions.make_months(days=[date(2026, month, 1) for month in range(1, 13)])
    rows = Contact.objects.newest(date(2026, 11, 2), date(2026, 11, 9))

    plan = rows.explain()

    assert "ledger_contact_2026_11" in plan
    assert "ledger_contact_2026_10" not in plan
    assert "ledger_contact_2026_12" not in plan


@pytest.mark.usefixtures("_months_forgotten")
@pytest.mark.django_db(transaction=True)
def test_two_who_need_a_new_month_at_once_make_it_once_and_lose_nothing() -> None:
    with transaction.atomic():
        recorded()
        rival = rivals.Rival(lambda: recording.record(account=account(source_id="call-2")))
        assert rival.waits()

    assert rival.result() is True
    assert months() == ["ledger_contact_2026_11"]
    assert Contact.objects.count() == 2


@pytest.mark.usefixtures("_months_forgotten")
@pytest.mark.django_db(transaction=True)
def test_a_month_that_is_being_made_keeps_nobody_from_the_others() -> None:
    partitions.make_months(days=[date(2026, 10, 1)])
    october = datetime(2026, 10, 2, 15, tzinfo=UTC)
    with transaction.atomic():
        partitions.make_months(days=[date(2026, 11, 1)])
        told = unanswered(Outcome.BLOCKED, received_at=october)
        assert rivals.Rival(lambda: recording.record(account=told)).result() is True
