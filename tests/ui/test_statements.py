"""Statements written out by hand keep what the ORM promises: values, errors, transactions, counting."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptoir.audit.models import Event, Verb
from comptoir.notices.models import Notice, Switch
from comptoir.ui import statements

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


def event(action: str = "tested", **values: object) -> Event:
    """A row with a number, an instant, a text, a nothing and an object in it."""
    given = {"actor_id": None, "actor_name": "Comptoir", "object_type": "x", "object_id": "1"}
    return Event(at=AT, verb=Verb.DID, action=action, **{**given, "office_id": 3} | values)


def notice(subject: int) -> Notice:
    """A message of which there can be one for each subject."""
    return Notice(
        kind="k", subject_id=subject, version=0, queued_at=AT, send_after=AT, useless_after=AT
    )


def test_what_is_inserted_is_what_the_orm_reads_back() -> None:
    statements.insert([event(detail={"minutes": 45, "side": "office"})])

    row = Event.objects.get()
    assert (row.at, row.verb, row.action) == (AT, "did", "tested")
    assert (row.actor_id, row.office_id) == (None, 3)
    assert row.detail == {"minutes": 45, "side": "office"}


def test_several_rows_go_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as sent:
        statements.insert([event("first"), event("second")])

    assert len(sent) == 1
    assert list(Event.objects.order_by("pk").values_list("action", flat=True)) == [
        "first",
        "second",
    ]


def test_the_text_does_not_differ_with_the_number_of_rows_from_two_on() -> None:
    """A connection keeps a hundred plans: three cases must not push out those of two."""
    with CaptureQueriesContext(connection) as sent:
        statements.insert([notice(1), notice(2)])
        statements.insert([notice(3), notice(4), notice(5)])

    assert len({query["sql"] for query in sent}) == 1
    assert Notice.objects.count() == 5


def test_of_several_rows_too_a_value_that_is_too_long_is_refused_and_not_cut() -> None:
    long = "x" * 61

    with pytest.raises(DataError), transaction.atomic():
        statements.insert([event(long), event("short")])

    assert not Event.objects.exists()


def test_nothing_to_insert_sends_nothing() -> None:
    with CaptureQueriesContext(connection) as sent:
        statements.insert([])

    assert len(sent) == 0


def test_a_key_drawn_beforehand_is_the_rows_own_and_is_never_drawn_again() -> None:
    first, other = statements.keys(Event, Notice)
    statements.insert([event(pk=first)])
    (second,) = statements.keys(Event)

    assert Event.objects.get().pk == first
    assert second != first
    assert other > 0


def test_a_row_that_is_there_already_is_left_or_refused() -> None:
    statements.insert([notice(1)])

    statements.insert([notice(1), notice(2)], or_leave=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.insert([notice(1)])

    assert sorted(Notice.objects.values_list("subject_id", flat=True)) == [1, 2]


def test_what_is_written_together_goes_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as sent, statements.together():
        statements.insert([event()])
        statements.insert([notice(1)])
        statements.write("DELETE FROM notices_switch WHERE id = %s", [0])

    assert len(sent) == 1
    assert Event.objects.count() == Notice.objects.count() == 1


def test_of_what_is_written_together_all_is_done_or_nothing() -> None:
    statements.insert([notice(1)])

    def write_both() -> None:
        with transaction.atomic(), statements.together():
            statements.insert([event()])
            statements.insert([notice(1)])

    with pytest.raises(IntegrityError):
        write_both()

    assert not Event.objects.exists()


def test_after_an_exception_nothing_of_it_is_sent() -> None:
    with suppress(ZeroDivisionError), statements.together():
        statements.insert([event()])
        _ = 1 / 0

    statements.insert([notice(1)])
    assert not Event.objects.exists()
    assert Notice.objects.exists()


def test_what_was_written_before_it_was_cleared_is_not_sent() -> None:
    with CaptureQueriesContext(connection) as sent, statements.together() as parts:
        statements.insert([event()])
        parts.clear()
        statements.insert([notice(1)])

    assert len(sent) == 1
    assert not Event.objects.exists()
    assert Notice.objects.exists()


def test_it_is_undone_with_djangos_transaction() -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        statements.insert([event()])
        _ = 1 / 0

    assert not Event.objects.exists()


def test_inside_a_broken_transaction_it_is_refused_like_any_query() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            statements.rows("SELECT 1")


def test_a_row_read_by_hand_is_the_orms_row() -> None:
    Event.objects.bulk_create([event(detail={"minutes": 45})])

    ((*values,),) = statements.rows(f"SELECT {statements.columns(Event, 'e')} FROM audit_event e")

    names = [field.attname for field in Event._meta.concrete_fields]
    read, expected = statements.instance(Event, values), Event.objects.get()
    assert read == expected
    assert [getattr(read, name) for name in names] == [getattr(expected, name) for name in names]


def test_a_model_that_was_not_joined_is_none() -> None:
    statements.insert([notice(7)])

    ((*values,),) = statements.rows(
        f"SELECT {statements.columns(Notice, 'n')}, {statements.columns(Switch, 's')}"
        " FROM notices_notice n LEFT JOIN notices_switch s ON false"
    )

    found, stopped = statements.instances((Notice, Switch), values)
    assert found == Notice.objects.get()
    assert stopped is None


def test_the_server_keeps_the_plan_of_a_statement() -> None:
    text = "SELECT 1 + %s::bigint"

    for number in range(3):
        assert statements.rows(text, [number]) == [(1 + number,)]

    ((generic, custom),) = statements.rows(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
        ["SELECT 1 + $1%"],
    )
    assert (generic, custom) == (3, 0)


def test_what_was_changed_is_counted() -> None:
    statements.insert([notice(1), notice(2)])

    assert statements.changed("UPDATE notices_notice SET version = %s", [5]) == 2
    assert statements.changed("UPDATE notices_notice SET version = %s WHERE id = %s", [6, 0]) == 0
