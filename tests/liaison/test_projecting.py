"""How probable it is that each office comes is estimated anew every night, for tomorrow and no earlier day."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django import app

from comptoir.audit.models import Event
from comptoir.liaison import jobs
from comptoir.liaison.actions import apportioning, projecting
from comptoir.liaison.models import Allowance, Apportionment
from comptoir.liaison.queries import needs, shares, versions
from comptoir.people.models import Office, OfficeEnd, OfficeStatus
from comptoir.ui import clock as clocks
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    open_day,
)
from tests.liaison.test_apportioning import LONG_AGO, attended
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

TODAY = clocks.service_date(NOW)
TOMORROW = TODAY + timedelta(days=1)
SUNDAY = NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> list[Office]:
    """Two offices, a rule that keeps floors for as many as come, and one who came on both past days."""
    PolicyFactory.create(nested=True, minutes_per_day=600, minutes_per_week=3000)
    open_day(DAY, [ProfessionalFactory.create() for _ in range(3)])
    made = [OfficeFactory.create(since=LONG_AGO) for _ in range(2)]
    for weeks_ago in (2, 1):
        attended(made[0], weeks_ago)
    return made


ESTIMATED = [(2 + 5) / 12, (0 + 5) / 12]
"""Two days of their own, and ten of the mean, which is a half."""


def in_force_with(chances: dict[Office, float], *, on: date = date(2026, 1, 5)) -> Apportionment:
    """Eight and nine quarter hours a week and so on, with these chances, in force from a day on."""
    policy = versions.governing(on)
    assert policy is not None
    made = Apportionment.objects.create(valid_from=on, policy=policy, capacity=400, made_at=NOW)
    for number, (office, chance) in enumerate(chances.items()):
        Allowance.objects.create(
            apportionment=made, office=office, need=2.5 + number, quanta=8 + number, chance=chance
        )
    return made


def chances_on(on: date) -> dict[int, float]:
    found = needs.in_force(on).apportionment
    assert found is not None
    return dict(found.allowances.values_list("office_id", "chance"))


def test_tomorrow_has_the_same_allowances_with_the_chances_of_today(house: list[Office]) -> None:
    one, other = house
    before = in_force_with({one: 1.0, other: 1.0})

    made = projecting.project(now=NOW)

    assert made is not None
    assert (made.valid_from, made.policy, made.capacity) == (TOMORROW, before.policy, 400)
    assert made.made_by is None
    assert needs.in_force(TOMORROW).quanta == {one.pk: 8, other.pk: 9}
    assert [row.need for row in made.allowances.order_by("quanta")] == [2.5, 3.5]
    assert chances_on(TOMORROW) == pytest.approx(
        dict(zip([one.pk, other.pk], ESTIMATED, strict=True))
    )
    event = Event.objects.get(action="chances.projected")
    assert (event.actor_id, event.detail["valid_from"]) == (None, TOMORROW.isoformat())


def test_what_has_begun_is_not_changed(house: list[Office]) -> None:
    before = in_force_with(dict.fromkeys(house, 1.0))

    projecting.project(now=NOW)

    assert needs.in_force(TODAY).apportionment == before
    assert set(chances_on(TODAY).values()) == {1.0}


def test_so_many_floors_are_kept_as_are_then_expected_to_be_claimed(house: list[Office]) -> None:
    in_force_with(dict.fromkeys(house, 1.0))
    policy = versions.governing(TODAY)
    assert policy is not None

    projecting.project(now=NOW)

    owed = shares.others(office=None, dates=[TODAY, TOMORROW], policy=policy, cohorts=(), now=NOW)
    assert owed[TODAY].row.mean == pytest.approx(2)
    assert owed[TOMORROW].row.mean == pytest.approx(sum(ESTIMATED))


def test_a_second_run_of_the_night_and_a_next_night_without_news_publish_nothing(
    house: list[Office],
) -> None:
    in_force_with(dict.fromkeys(house, 1.0))
    assert projecting.project(now=NOW) is not None

    assert projecting.project(now=NOW) is None
    assert projecting.project(now=NOW + timedelta(days=1)) is None

    assert Apportionment.objects.count() == 2


@pytest.mark.parametrize(
    ("off", "projected"),
    [(0.0, False), (0.019, False), (-0.019, False), (0.021, True), (-0.021, True)],
)
def test_a_chance_that_hardly_moved_stays(house: list[Office], off: float, projected: bool) -> None:
    in_force_with(dict(zip(house, (ESTIMATED[0] + off, ESTIMATED[1]), strict=True)))

    assert (projecting.project(now=NOW) is not None) is projected


@pytest.mark.parametrize(("many", "projected"), [(45, False), (65, True)])
def test_many_small_moves_that_make_a_whole_office_count(many: int, projected: bool) -> None:
    """Nobody has ever come; each chance is a 64th too high: together under one office, or over it."""
    PolicyFactory.create(nested=True)
    open_day(TODAY - timedelta(days=7))
    offices = [OfficeFactory.create() for _ in range(many)]
    in_force_with(dict.fromkeys(offices, 1 / 64))

    assert (projecting.project(now=NOW) is not None) is projected


@pytest.mark.parametrize(
    "values", [{"nested": False}, {"nested": True, "miss_per_mille": 0}], ids=str
)
def test_a_rule_that_asks_for_no_chances_tomorrow_has_none_projected(
    house: list[Office], values: dict[str, Any]
) -> None:
    in_force_with(dict.fromkeys(house, 1.0))
    PolicyFactory.create(valid_from=TOMORROW, **values)

    assert projecting.project(now=NOW) is None


def test_where_no_allowances_are_in_force_nothing_is_projected(house: list[Office]) -> None:
    in_force_with(dict.fromkeys(house, 1.0), on=TOMORROW + timedelta(days=1))

    assert projecting.project(now=NOW) is None


def test_allowances_that_begin_tomorrow_have_chances_of_their_own(house: list[Office]) -> None:
    apportion(dict.fromkeys(house, 8), on=TOMORROW)

    assert projecting.project(now=NOW) is None
    assert Apportionment.objects.count() == 1


def test_a_monday_is_left_to_who_publishes_allowances_for_it(house: list[Office]) -> None:
    """What was projected on Saturday, for Sunday, holds on Monday; publishing goes on being possible."""
    in_force_with(dict.fromkeys(house, 1.0))
    on_saturday = projecting.project(now=SUNDAY - timedelta(days=1))

    assert projecting.project(now=SUNDAY) is None
    assert needs.in_force(TODAY).apportionment == on_saturday
    proposal = apportioning.propose(valid_from=TODAY, now=SUNDAY)
    assert apportioning.publish(proposal=proposal, by=None, now=SUNDAY).valid_from == TODAY


def test_an_office_that_is_not_active_keeps_its_chance_and_a_new_one_waits_for_its_allowance(
    house: list[Office],
) -> None:
    one, other = house
    in_force_with({one: 1.0, other: 0.9})
    other.status, other.status_reason = OfficeStatus.SUSPENDED, OfficeEnd.DISSOLUTION
    other.save()
    OfficeFactory.create()

    projecting.project(now=NOW)

    found = chances_on(TOMORROW)
    assert found.keys() == {one.pk, other.pk}
    assert found[other.pk] == 0.9
    assert found[one.pk] < 1


def test_the_job_runs_in_the_small_hours_and_says_how_many_are_expected(
    house: list[Office], caplog: pytest.LogCaptureFixture
) -> None:
    in_force_with(dict.fromkeys(house, 1.0))
    schedule = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    with caplog.at_level(logging.INFO):
        jobs.project_chances(0)
        jobs.project_chances(0)

    assert schedule["liaison.project_chances"] == "37 8 * * *"
    assert [record.getMessage() for record in caplog.records if "expected" in record.message] == [
        f"For {TOMORROW} it is expected that 1.0 offices come"
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_for_tomorrow_at_once_the_first_stays(house: list[Office]) -> None:
    in_force_with(dict.fromkeys(house, 1.0))
    rival: list[object] = []

    def publish_before_it_is_written(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "liaison_apportionment"') and not rival:
            rival.extend(at_once([lambda: projecting.project(now=NOW)]))
        return execute(sql, *rest)

    with connection.execute_wrapper(publish_before_it_is_written):
        assert projecting.project(now=NOW) is None

    assert [type(one) for one in rival] == [Apportionment]
    assert Allowance.objects.filter(apportionment__valid_from=TOMORROW).count() == 2
    assert Event.objects.filter(action="chances.projected").count() == 1


def test_the_night_that_follows_another_day_estimates_from_it(house: list[Office]) -> None:
    """Today, too, has passed by then: who had booked for it came on one more day of three."""
    in_force_with(dict(zip(house, ESTIMATED, strict=True)))
    attended(house[1], 0)
    a_week_later: datetime = NOW + timedelta(days=7)

    made = projecting.project(now=a_week_later)

    assert made is not None
    assert chances_on(made.valid_from)[house[1].pk] == pytest.approx((1 + 5) / 13)
    assert chances_on(made.valid_from)[house[0].pk] == pytest.approx((2 + 5) / 13)
