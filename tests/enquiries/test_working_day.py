"""Agents pull and close at once while enquiries come in: nothing lost, nothing twice, nothing passed over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from comptoir.enquiries.models import Enquiry, State
from tests.enquiries import day_sums, working_day
from tests.enquiries.factories import NOW, agent, enquiry
from tests.enquiries.working_day import Day, Done, Plan, Take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AGENTS, ENQUIRIES, SECONDS = 6, 60, 6.0


@pytest.fixture
def done() -> Iterator[Done]:
    """Agents who hardly think, so that they meet."""
    rng = Random(1)
    plan = Plan(
        agents=working_day.build(AGENTS),
        arrivals=sorted(rng.uniform(0, SECONDS / 2) for _ in range(ENQUIRIES)),
        start=time.time(),
        seconds=SECONDS,
        think=(0.0, 0.02),
    )
    yield Day(plan).run()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare_row")


def test_a_day_adds_up_and_passes_nothing_over(done: Done) -> None:
    assert len(done.received) == ENQUIRIES
    assert done.answered
    assert day_sums.differences(done) == []
    assert day_sums.passed_over(done) == []
    assert done.refused_twice == len(done.answered) // working_day.TWICE


def test_what_is_lost_or_answered_twice_is_seen(done: Done) -> None:
    Enquiry.objects.filter(state=State.ANSWERED, pk=done.answered[0]).update(
        state=State.ON_HOLD, answered_at=None, tier=None
    )

    assert day_sums.differences(done) != []
    assert day_sums.differences(replace(done, answered=done.answered + done.answered[:1])) != []


@pytest.mark.parametrize(
    ("began", "ended", "waits_from", "found"),
    [
        (8.0, 9.0, 0.0, 1),  # taken afterwards
        (4.5, 5.5, 0.0, 0),  # a colleague was taking it at that moment
        (2.0, 3.0, 0.0, 0),  # taken before
        (8.0, 9.0, 5.5, 0),  # came meanwhile
    ],
)
def test_what_is_passed_over_is_seen(
    began: float, ended: float, waits_from: float, found: int
) -> None:
    by, older = agent(), enquiry()
    younger = enquiry(now=NOW + timedelta(hours=1))
    done = Done(
        received={older.pk: waits_from, younger.pk: 0.0},
        takes=[Take(by.pk, 5.0, 6.0, [younger.pk]), Take(by.pk, began, ended, [older.pk])],
    )

    over = day_sums.passed_over(done)

    assert [item.place[1] for _take, item in over] == [older.pk] * found


def test_what_an_agent_does_not_know_is_not_passed_over() -> None:
    older, younger = enquiry(language="fr"), enquiry(now=NOW + timedelta(hours=1))
    done = Done(
        received={older.pk: 0.0, younger.pk: 0.0},
        takes=[Take(agent(languages=["en"]).pk, 5.0, 6.0, [younger.pk])],
    )

    assert day_sums.passed_over(done) == []
