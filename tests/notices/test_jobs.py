"""The jobs: what is due is delivered over one connection, dead workers' jobs come back, old ones go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from comptoir.notices import actions, jobs
from comptoir.notices.models import Notice, Status
from tests.notices.conftest import Fact
from tests.notices.factories import NOON, NoticeFactory
from tests.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def test_a_round_delivers_what_is_due_the_longest_due_first_over_one_connection(
    fact: Fact, mail_server: MailServer
) -> None:
    minute = timedelta(minutes=1)
    second = NoticeFactory.create(send_after=NOON - minute)
    first = NoticeFactory.create(send_after=NOON - 2 * minute)
    NoticeFactory.create(send_after=NOON + minute)

    with at(NOON):
        jobs.deliver_due()

    assert mail_server.readers == [first.address, second.address]
    assert mail_server.connections == 1


def test_a_round_with_nothing_due_does_not_open_a_connection(
    fact: Fact, mail_server: MailServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON), django_assert_num_queries(2):
        jobs.deliver_due()

    assert mail_server.connections == 0


def test_a_round_ends_at_the_first_sign_that_the_server_is_away(
    fact: Fact, mail_server: MailServer
) -> None:
    NoticeFactory.create_batch(3)
    mail_server.stop()

    with at(NOON):
        jobs.deliver_due()

    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_one_notice_that_cannot_be_made_does_not_hold_up_the_others(
    fact: Fact, mail_server: MailServer
) -> None:
    broken = NoticeFactory.create(kind="test.unheard_of")
    fine = NoticeFactory.create()

    with at(NOON):
        jobs.deliver_due()

    assert mail_server.readers == [fine.address]
    broken.refresh_from_db()
    assert broken.status == Status.QUEUED


def test_a_reminder_reaches_its_reader_in_the_minute_it_is_due(
    fact: Fact, mail_server: MailServer
) -> None:
    due_at = NOON + timedelta(hours=20)
    NoticeFactory.create(send_after=due_at)

    for moment in (due_at - timedelta(seconds=1), due_at + timedelta(seconds=59)):
        with at(moment):
            jobs.deliver_each_minute(timestamp=0)

    assert len(mail_server.accepted) == 1


def test_the_round_of_each_minute_and_the_tidying_are_planned() -> None:
    planned = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert planned["notices.deliver_each_minute"] == "* * * * *"
    assert planned["notices.rescue_stalled_jobs"] == "* * * * *"
    assert "notices.tidy_jobs" in planned


def test_the_name_by_which_actions_call_the_job_is_its_name() -> None:
    assert app.tasks[actions.DELIVER] is jobs.deliver


def job_of_a_dead_worker(attempts: int) -> int:
    """A job that was begun, by a worker that has not been heard of for an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
            " RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, worker_id)"
            " VALUES ('default', 'notices.deliver', 'doing', %s, %s) RETURNING id",
            [attempts, worker],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("attempts", "status"), [(0, "todo"), (4, "todo"), (5, "failed"), (9, "failed")]
)
def test_the_job_of_a_dead_worker_comes_back_a_few_times_and_then_is_given_up(
    attempts: int, status: str
) -> None:
    number = job_of_a_dead_worker(attempts)
    assert isinstance(app.connector, DjangoConnector)
    connector = app.connector.get_worker_connector()

    async def run() -> None:
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await jobs.rescue_stalled_jobs.func(timestamp=0)

    asyncio.run(run())

    assert ProcrastinateJob.objects.get(pk=number).status == status


def finished_job(status: str, age: timedelta) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'notices.deliver', %s) RETURNING id",
            [status],
        )
        number = int(cursor.fetchone()[0])
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [number])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', %s)",
            [number, NOON - age],
        )
    return number


def test_old_finished_jobs_go_and_the_others_stay() -> None:
    old, recent = jobs.KEPT + timedelta(hours=1), jobs.KEPT - timedelta(hours=1)
    for status in ("succeeded", "failed", "cancelled", "aborted"):
        finished_job(status, old)
    kept = {finished_job("succeeded", recent), finished_job("failed", recent)}
    kept |= {finished_job("todo", old), finished_job("doing", old)}

    with at(NOON):
        jobs.tidy_jobs(timestamp=0)

    assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == kept


def test_one_tidying_deletes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_DELETED", 2)
    for _ in range(5):
        finished_job("succeeded", jobs.KEPT * 2)

    with at(NOON):
        jobs.tidy_jobs(timestamp=0)

    assert ProcrastinateJob.objects.count() == 3
