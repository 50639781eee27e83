"""Queueing: in the fact's own transaction, once per key, in one statement."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from comptoir.notices import actions
from comptoir.notices.models import Notice, Status
from tests.notices.factories import NOON

REMINDER = NOON + timedelta(hours=20)


def message(**changes: Any) -> actions.Message:
    values: dict[str, Any] = {
        "kind": "test.fact",
        "subject_id": 12,
        "version": 0,
        "address": "reader@offices.example",
        "language": "fr",
        "time_zone": "America/Vancouver",
        "send_after": NOON,
        "useless_after": NOON + timedelta(days=1),
        "office_id": 7,
    }
    return actions.Message(**(values | changes))


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name=actions.DELIVER, status="todo").count()


@pytest.mark.django_db
def test_a_notice_waits_with_everything_its_sending_needs() -> None:
    actions.queue_all([message()], now=NOON)

    notice = Notice.objects.get()
    assert notice.status == Status.QUEUED
    assert (notice.kind, notice.subject_id, notice.version) == ("test.fact", 12, 0)
    assert (notice.language, notice.time_zone) == ("fr", "America/Vancouver")
    assert (notice.queued_at, notice.send_after) == (NOON, NOON)
    assert notice.office_id == 7


@pytest.mark.django_db(transaction=True)
def test_one_notice_may_be_queued_without_making_a_value_of_it() -> None:
    actions.queue(
        kind="test.fact",
        subject_id=12,
        version=0,
        address="reader@offices.example",
        language="en",
        time_zone="America/Toronto",
        send_after=NOON,
        useless_after=REMINDER,
        now=NOON,
    )

    assert Notice.objects.get().useless_after == REMINDER
    assert jobs() == 1


@pytest.mark.django_db
def test_a_confirmation_and_its_reminders_take_one_statement_of_the_facts_transaction(
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    three = [
        message(),
        message(kind="test.reminder_day", send_after=REMINDER),
        message(kind="test.reminder_hour", send_after=REMINDER),
    ]

    with django_capture_on_commit_callbacks() as after_commit, django_assert_num_queries(1):
        actions.queue_all(three, now=NOON)

    assert Notice.objects.count() == 3
    assert len(after_commit) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_and_not_before() -> None:
    with transaction.atomic():
        actions.queue_all([message()], now=NOON)
        assert jobs() == 0

    assert jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_about_to_look_is_not_woken_again() -> None:
    for subject_id in range(3):
        actions.queue_all([message(subject_id=subject_id)], now=NOON)

    assert jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_looking_already_may_have_looked_too_soon() -> None:
    actions.queue_all([message(subject_id=1)], now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")

    actions.queue_all([message(subject_id=2)], now=NOON)

    assert jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fact_stands_although_no_worker_can_be_woken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The notice waits in the ledger, for the round of the next minute."""
    monkeypatch.setattr(actions, "DELIVER", "notices.deliver" + "x" * 200)

    with transaction.atomic():
        actions.queue_all([message()], now=NOON)

    assert Notice.objects.count() == 1
    assert "too long" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_is_due_later_wakes_nobody() -> None:
    actions.queue_all([message(send_after=REMINDER)], now=NOON)

    assert Notice.objects.count() == 1
    assert jobs() == 0


@pytest.mark.django_db
def test_nothing_to_tell_touches_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        actions.queue_all([], now=NOON)


@pytest.mark.django_db
def test_the_same_fact_is_queued_once_for_one_reader() -> None:
    actions.queue_all([message(), message()], now=NOON)
    actions.queue_all([message(send_after=REMINDER)], now=NOON)

    assert Notice.objects.get().send_after == NOON


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"version": 1}, {"kind": "other"}, {"subject_id": 13}, {"address": "b@offices.example"}],
)
def test_another_version_subject_kind_or_reader_is_another_notice(change: dict[str, Any]) -> None:
    actions.queue_all([message(), message(**change)], now=NOON)

    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_a_fact_told_already_is_not_told_again() -> None:
    actions.queue_all([message()], now=NOON)
    Notice.objects.update(status=Status.SENT, closed_at=NOON)

    actions.queue_all([message()], now=NOON)

    assert Notice.objects.get().status == Status.SENT


class ChangedMind(Exception):
    """Undoes a transaction."""


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_does_not_commit_is_not_told() -> None:
    with suppress(ChangedMind), transaction.atomic():
        actions.queue_all([message()], now=NOON)
        raise ChangedMind

    assert Notice.objects.count() == 0
    assert jobs() == 0
