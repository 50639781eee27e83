"""Nothing waits for ever, however much that is urgent comes: weeks of work, simulated."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.enquiries.actions import taking, triaging
from comptoir.enquiries.models import Enquiry, Priority, State
from comptoir.enquiries.models.enquiries import HEAD_START
from comptoir.ui import clock
from tests.enquiries.factories import NOW, agent, line_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
A_DAY = 6
"""How many come each day, and are taken."""

_numbers = iter(range(10_000_000))


def arrive(priorities: list[Priority], at: datetime) -> list[Enquiry]:
    found = []
    for priority in priorities:
        one = Enquiry(
            reference=f"T{next(_numbers):08}",
            line=line_of(),
            channel="web_form",
            language="en",
            received_at=at,
            received_on=clock.service_date(at),
            asker_kind="client",
            line_of_business="other",
            topic="other",
        )
        triaging.rank(one, priority)
        found.append(one)
    return Enquiry.objects.bulk_create(found)


days = st.lists(
    st.lists(
        st.sampled_from([Priority.URGENT, Priority.URGENT, Priority.HIGH, Priority.USUAL]),
        min_size=A_DAY,
        max_size=A_DAY,
    ),
    min_size=70,
    max_size=90,
)


@settings(
    max_examples=2,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(weeks=days, backlog=st.integers(0, 20))
def test_everything_is_taken_within_a_head_start_and_the_backlog(
    weeks: list[list[Priority]], backlog: int
) -> None:
    Enquiry.objects.update(state=State.WAITING, assignee=None, taken_at=None)
    Enquiry.objects.filter(reference__startswith="T").update(is_restricted=True)
    by = agent(at_most=100)
    arrive([Priority.USUAL] * backlog, NOW)
    bound = HEAD_START[Priority.URGENT] + DAY * (backlog // A_DAY + 2)

    for number, priorities in enumerate(weeks):
        now = NOW + number * DAY
        arrive(priorities, now)
        for one in taking.take(agent=by, count=A_DAY, now=now):
            assert now - one.received_at <= bound
        Enquiry.objects.filter(assignee=by.person).update(is_restricted=True, state=State.ON_HOLD)

    left = Enquiry.objects.filter(state=State.WAITING, is_restricted=False)
    assert all(NOW + len(weeks) * DAY - one.received_at <= bound for one in left)


def test_a_usual_one_is_passed_by_urgent_ones_for_sixty_days_and_no_longer() -> None:
    by = agent(at_most=100)
    (old,) = arrive([Priority.USUAL], NOW)
    passed = 0
    for number in range(1, 70):
        now = NOW + number * DAY
        arrive([Priority.URGENT], now)
        (taken,) = taking.take(agent=by, count=1, now=now)
        if taken == old:
            break
        passed += 1
        Enquiry.objects.filter(pk=taken.pk).update(state=State.ON_HOLD)

    assert taken == old
    assert passed in (59, 60)
