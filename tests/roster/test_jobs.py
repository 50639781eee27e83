"""The hourly job that publishes the day which has come within reach."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django import app

from comptoir.roster import jobs
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock
from tests.roster.factories import ProfessionalFactory, full_week

pytestmark = pytest.mark.django_db


def test_the_job_publishes_up_to_the_horizon_and_twice_is_as_good_as_once(settings: Any) -> None:
    settings.SERVICE_PUBLISHED_DAYS = 4
    full_week(ProfessionalFactory.create())

    jobs.publish_horizon(0)
    jobs.publish_horizon(0)

    today = clock.service_date(clock.now())
    assert ServiceDay.objects.filter(on__gt=today).count() == 4
    assert set(ServiceDay.objects.values_list("version", flat=True)) == {1}


def test_the_job_runs_every_hour() -> None:
    schedule = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert schedule["roster.publish_horizon"] == "4 * * * *"
