"""The trail holds ids, codes and numbers: the database sees to it, and what is there stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.audit import actions as audit
from comptoir.audit.models import Event
from comptoir.people.models import Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def record(detail: dict[str, Any]) -> Event:
    audit.record(action="tests.tried", subject=Person, by=None, now=NOW, detail=detail)
    return Event.objects.get()


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"role": "office_manager", "person": 12, "late": True, "reason": ""},
        {"on": "2026-12-18", "at": "2026-12-18T05:00:00+00:00", "kind": "people.invitation"},
        {"fields": ["name", "time_zone"], "counted": [[0, 15], [2, None]]},
        {"sizes": {"a": 1, "b": [1.5, -2]}},
    ],
)
def test_codes_dates_numbers_and_lists_of_them_are_kept(detail: dict[str, Any]) -> None:
    assert record(detail).detail == detail


@pytest.mark.parametrize(
    "detail",
    [
        {"reason": "left the office"},
        {"reason": "congé"},
        {"person": "somebody@people.example"},
        {"fields": ["name", "two words"]},
        {"deep": {"deeper": [{"note": "two words"}]}},
        {"line": "one\ntwo"},
        {"long": "x" * 61},
    ],
)
def test_words_are_refused_wherever_they_stand(detail: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="audit_event_detail_has_no_words"):
        record(detail)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=30))
def test_any_text_that_has_a_blank_in_it_is_refused(words: str) -> None:
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        record({"reason": f"{words} {words}"})


def test_what_is_written_is_neither_changed_nor_removed() -> None:
    event = record({})

    for attempt in (
        lambda: Event.objects.filter(pk=event.pk).update(action="tests.other"),
        event.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Event.objects.get(pk=event.pk).action == "tests.tried"
