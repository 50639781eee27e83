"""Accounts of contacts, and files of call records, as tests need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from comptoir.ledger.actions.recording import Account, record
from comptoir.ledger.importing import mappings
from comptoir.ledger.models import Channel, Contact, Outcome

RECEIVED = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Montréal."""


def after(seconds: float) -> datetime:
    """So long after the receipt."""
    return RECEIVED + timedelta(seconds=seconds)


def account(**changed: Any) -> Account:
    """A call that waited ten seconds, was answered and took five minutes."""
    values: dict[str, Any] = {
        "source": "tests",
        "source_id": "call-1",
        "channel": Channel.TELEPHONE,
        "outcome": Outcome.ANSWERED,
        "received_at": RECEIVED,
        "offered_at": after(5),
        "answered_at": after(15),
        "ended_at": after(315),
        "line": "general",
        "language": "en",
        "client": "613-555-0100",
        "wrap_up_code": "121",
    }
    return Account(**(values | changed))


def unanswered(outcome: Outcome, **changed: Any) -> Account:
    """An attempt of which nothing is known but that it came, and what became of it."""
    nothing = {"offered_at": None, "answered_at": None, "ended_at": None, "wrap_up_code": ""}
    return account(outcome=outcome, **(nothing | changed))


def recorded(**changed: Any) -> Contact:
    """A contact on record."""
    told = account(**changed)
    assert record(account=told)
    return Contact.objects.get(source=told.source, source_id=told.source_id, sequence=told.sequence)


MAPPING: dict[str, Any] = {
    "source": "switch",
    "zone": "America/Toronto",
    "time_format": "%Y-%m-%d %H:%M:%S",
    "columns": {
        "source_id": "Call",
        "line": "Queue",
        "client": "Caller",
        "outcome": "Result",
        "language": "Lang",
    },
    "times": {
        "received_at": "Start",
        "offered_at": ["Queued", "Answered"],
        "answered_at": "Answered",
        "abandoned_at": "Left",
        "ended_at": "End",
    },
    "constants": {"channel": "telephone"},
    "values": {
        "outcome": {
            "ANS": "answered",
            "HANG": "abandoned",
            "BUSY": "blocked",
            "IVR": "self_served",
        },
        "language": {"E": "en", "F": "fr"},
    },
}

HEADER = "Call,Queue,Caller,Lang,Start,Queued,Answered,Left,End,Result"
ANSWERED = (
    "a1,general,613-555-0100,E,2026-11-02 10:00:00,2026-11-02 10:00:05,"
    "2026-11-02 10:00:15,,2026-11-02 10:05:15,ANS"
)
LEFT = (
    "a2,general,613-555-0101,F,2026-11-02 10:01:00,2026-11-02 10:01:05,"
    ",2026-11-02 10:03:00,2026-11-02 10:03:00,HANG"
)
BLOCKED = "a3,crisis,,E,2026-11-02 10:02:00,,,,2026-11-02 10:02:00,BUSY"
GOOD = (ANSWERED, LEFT, BLOCKED)


def mapping(**changed: Any) -> mappings.Mapping:
    """The mapping of these files, with some of it changed."""
    return mappings.read(MAPPING | changed)


def calls(path: Path, *lines: str, header: str = HEADER) -> Path:
    """A file of call records."""
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def many(path: Path, count: int) -> Path:
    """A file of so many blocked calls, a second apart."""
    start = datetime(2026, 11, 2, 10)  # noqa: DTZ001 - wall time, as in the file
    rows = (
        f"m{number},general,,E,{start + timedelta(seconds=number)},,,,,BUSY"
        for number in range(count)
    )
    return calls(path, *rows)


def months() -> list[str]:
    """The months that the ledger has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'ledger_contact'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]
