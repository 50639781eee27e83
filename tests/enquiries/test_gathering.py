"""What waits on a crisis line that has closed is not left to nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from comptoir.enquiries.actions import answering, crisis, crisis_rest, following
from comptoir.enquiries.models import CrisisLine, Enquiry, Line, Rest, State, Tier
from comptoir.enquiries.queries import waiting
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, person

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)


def answered_and_closed(rest: Rest = Rest.MOVED, *, is_drill: bool = False) -> Enquiry:
    """An enquiry that was answered on a crisis line, which then closed."""
    found = open_crisis(is_drill=is_drill)
    by = agent(lines=[found.line])
    held = in_hand(by, enquiry(line=found.line))
    answering.answer(
        enquiry=held,
        version=held.version,
        body="Go to the office.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=held.line_of_business,
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )
    close(found, rest)
    return held


def close(found: CrisisLine, rest: Rest) -> None:
    crisis.close(crisis=found, rest=rest, reason="Over.", by=person(), now=NOW + timedelta(days=1))


def write_again(found: Enquiry) -> None:
    following.reply(enquiry=found, body="It was closed.", attempt=uuid.uuid4(), now=LATER)


def offered_to(*lines: Line) -> list[Enquiry]:
    return list(waiting.for_agent(agent(lines=lines), LATER))


def test_whoever_writes_again_after_the_line_closed_is_offered_to_the_public_line() -> None:
    found = answered_and_closed()
    write_again(found)
    assert offered_to(line_of()) == []

    assert crisis_rest.gather(now=LATER) == 1

    assert offered_to(line_of()) == [found]


def test_what_came_in_the_moment_in_which_the_line_closed_is_gathered_too() -> None:
    open_line = open_crisis()
    close(open_line, Rest.MOVED)
    late = enquiry(line=Line.objects.get(pk=open_line.line_id))

    assert crisis_rest.gather(now=LATER) == 1

    assert offered_to(line_of()) == [late]


def test_what_was_left_to_its_line_stays_there() -> None:
    open_line = open_crisis()
    agent(lines=[open_line.line])
    found = enquiry(line=open_line.line)
    close(open_line, Rest.STAYED)

    assert crisis_rest.gather(now=LATER) == 0

    assert offered_to(found.line) == [found]


def test_a_drill_is_over_and_goes_to_no_real_line() -> None:
    found = answered_and_closed(is_drill=True)
    write_again(found)

    assert crisis_rest.gather(now=LATER) == 0

    found.refresh_from_db()
    assert (found.line.is_drill, found.state) == (True, State.WAITING)


def test_without_a_public_line_it_waits_for_one() -> None:
    found = answered_and_closed()
    write_again(found)
    Line.objects.filter(pk=line_of().pk).update(closed_at=NOW)

    assert crisis_rest.gather(now=LATER) == 0
