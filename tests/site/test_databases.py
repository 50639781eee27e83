"""The tests' own databases: a test that commits leaves no trace and takes nothing away.

The tests come in pairs: each of a pair fails if the other, run before it, was not undone.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from procrastinate.contrib.django import models

from comptoir.liaison.models import FollowUpTarget

pytestmark = pytest.mark.django_db(transaction=True)

TWICE = pytest.mark.parametrize("time", ["once", "again"])


def queue_a_job() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('a', 'b')")


@TWICE
def test_no_job_is_left_in_the_queue(time: str) -> None:
    assert models.ProcrastinateJob.objects.count() == 0

    queue_a_job()


@TWICE
def test_nothing_is_left_in_the_cache(time: str) -> None:
    assert cache.get("thing") is None

    cache.set("thing", 1)


@TWICE
def test_what_migrations_wrote_is_there(time: str) -> None:
    assert FollowUpTarget.objects.exists()
