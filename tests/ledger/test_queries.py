"""What the ledger counts: every word by its definition, each attempt once, each client once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from comptoir.ledger import queries
from comptoir.ledger.actions.recording import record
from comptoir.ledger.models import Channel, Contact, Outcome
from tests.ledger.accounts import RECEIVED, account, after, recorded, unanswered

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)
DAY = timedelta(days=1)


def counted(by: Sequence[queries.Dimension] = ()) -> list[queries.Figures]:
    return queries.figures(first_on=MONDAY, until_on=MONDAY + 7 * DAY, by=by)


def one_of_each() -> None:
    """An attempt with every outcome, all of different clients."""
    left = {"offered_at": after(1), "abandoned_at": after(30), "ended_at": after(30)}
    told = [
        account(source_id="answered", client="613-555-0101"),
        unanswered(Outcome.ABANDONED, source_id="abandoned", client="613-555-0102", **left),
        unanswered(Outcome.BLOCKED, source_id="blocked", client="613-555-0103"),
        unanswered(Outcome.SELF_SERVED, source_id="served", client="613-555-0104"),
        unanswered(
            Outcome.PHANTOM, source_id="phantom", client="613-555-0105", offered_at=after(1)
        ),
        unanswered(Outcome.RECEIVED, source_id="received", client="613-555-0106"),
    ]
    for one in told:
        assert record(account=one)


def test_an_empty_ledger_counts_nothing() -> None:
    assert counted() == [queries.Figures((), *[0] * 10)]
    assert counted(["on"]) == []


def test_every_word_counts_what_it_says() -> None:
    one_of_each()

    [all_of_them] = counted()

    assert all_of_them == queries.Figures(
        group=(), received=6, offered=3, answered=1, abandoned=1, blocked=1, self_served=1,
        phantoms=1, without_talk=0, skewed=0, clients=6,
    )  # fmt: skip


def test_outcomes_add_up_to_what_was_received() -> None:
    one_of_each()

    groups = counted(["outcome"])

    assert {one.group[0]: one.received for one in groups} == dict.fromkeys(Outcome, 1)
    assert sum(one.received for one in groups) == counted()[0].received


def test_an_attempt_told_of_three_times_is_one_with_its_last_outcome() -> None:
    record(account=unanswered(Outcome.RECEIVED, sequence=1))
    record(account=unanswered(Outcome.RECEIVED, sequence=2, offered_at=after(5)))
    record(account=account(sequence=3))

    [found] = counted()

    assert (found.received, found.offered, found.answered) == (1, 1, 1)


def test_an_answer_counts_on_the_day_of_the_receipt() -> None:
    recorded(answered_at=RECEIVED + 20 * DAY, ended_at=None, channel=Channel.EMAIL)

    [found] = counted(["on", "channel"])

    assert (found.group, found.answered) == ((MONDAY, "email"), 1)


def test_a_client_who_calls_on_two_lines_is_one_client_of_the_centre() -> None:
    recorded()
    recorded(source_id="call-2", line="crisis", client="+1 (613) 555-0100")
    recorded(source_id="call-3", line="crisis", client="anonymous")

    assert [one.clients for one in counted(["line"])] == [1, 1]
    assert counted()[0].clients == 1


def test_answers_without_talk_and_skewed_rows_are_told_apart_and_counted_in() -> None:
    recorded(ended_at=after(15))
    recorded(source_id="call-2", offered_at=after(16))

    [found] = counted()

    assert (found.answered, found.without_talk, found.skewed) == (2, 1, 1)


@pytest.mark.parametrize(("days", "found"), [(-1, 0), (0, 1), (6, 1), (7, 0)])
def test_the_last_day_is_not_of_them(days: int, found: int) -> None:
    at = RECEIVED + days * DAY
    record(account=unanswered(Outcome.BLOCKED, received_at=at))

    assert counted()[0].received == found


def test_a_question_is_one_query_and_bounded(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one_of_each()

    with django_assert_num_queries(1):
        counted(["on", "line", "channel", "outcome"])
    with pytest.raises(queries.TooMuch):
        queries.figures(first_on=MONDAY, until_on=MONDAY + 401 * DAY)


def test_an_answer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    one_of_each()
    monkeypatch.setattr(queries, "MOST_ROWS", 5)

    with pytest.raises(queries.TooMuch):
        counted(["outcome"])


def table(*options: str) -> list[list[str]]:
    out = StringIO()
    call_command(
        "count_contacts", "--from", "2026-11-02", "--to", "2026-11-02", *options, stdout=out
    )
    return [line.split() for line in out.getvalue().splitlines()]


def test_the_command_prints_a_table_with_its_total() -> None:
    recorded()
    recorded(source_id="call-2", line="", office_id=None)

    head, *body = table("--by", "on,line")

    assert head[:4] == ["on", "line", "received", "offered"]
    assert [row[:3] for row in body[:2]] == [
        ["2026-11-02", "-", "1"],
        ["2026-11-02", "general", "1"],
    ]
    assert body[2][:2] == ["all", "2"]


def test_the_command_counts_by_day_line_channel_and_outcome_unless_told() -> None:
    recorded()

    assert table()[1][:5] == ["2026-11-02", "general", "telephone", "answered", "1"]
    assert len(table("--by", "")) == 2


@pytest.mark.parametrize(
    "options", [("--by", "agent"), ("--to", "9999-12-31"), ("--to", "2030-01-01")]
)
def test_the_command_refuses_what_it_cannot_count(options: tuple[Any, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        table(*options)

    assert refused.value.returncode == 2
    assert Contact.objects.count() == 0
