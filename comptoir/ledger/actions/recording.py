"""Telling the ledger of a contact, for the rooms where it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from comptoir.ledger.actions import partitions
from comptoir.ledger.client_keys import client_key
from comptoir.ledger.models import COLUMNS, IN_ORDER, Channel, Contact, Outcome
from comptoir.ui import clock

MOST_SKEW = timedelta(minutes=2)
"""How far clocks of two systems may be apart, ours: a greater disorder is a mistake and no skew."""

QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
PLACES = ", ".join(["%s"] * len(COLUMNS))
INSERT = (
    f'INSERT INTO "{Contact._meta.db_table}" ({QUOTED}) VALUES ({PLACES}) ON CONFLICT DO NOTHING'
)


class Impossible(Exception):
    """One moment is before another that it cannot be before, by more than clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that is known of one attempt by now; the meaning of each word is in `ledger.models`.

    `client` is a telephone number or an e-mail address, of which only the key is kept.
    """

    source: str
    source_id: str
    sequence: int = 1
    channel: Channel
    outcome: Outcome
    received_at: datetime
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    abandoned_at: datetime | None = None
    ended_at: datetime | None = None
    line: str = ""
    language: str = ""
    office_id: int | None = None
    client: str = ""
    wrap_up_code: str = ""


def record(*, account: Account) -> bool:
    """Write an account inside the caller's transaction; whether it was new.

    The same account (source, source id, sequence) may be told any number of times. A later one has a
    higher sequence, says all again, and bears the same receipt. Raises Impossible, and IntegrityError for
    what contradicts its outcome.
    """
    return record_all(accounts=[account]) == 1


def record_all(*, accounts: Sequence[Account]) -> int:
    """The same for many, all or none; how many were new."""
    rows = [_row(account) for account in accounts]
    partitions.make_months(days={row["on"] for row in rows})
    values = [[row[name] for name in COLUMNS] for row in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(INSERT, values)
        return int(cursor.rowcount) if rows else 0


def _row(account: Account) -> dict[str, Any]:
    disorder = max_disorder(account)
    if disorder > MOST_SKEW:
        raise Impossible(f"{account.source} {account.source_id}: out of order by {disorder}")
    row = {name: getattr(account, name, None) for name in COLUMNS}
    return row | {
        "on": clock.service_date(account.received_at),
        "client_key": client_key(account.client),
        "skewed": disorder > timedelta(0),
    }


def max_disorder(account: Account) -> timedelta:
    """By how much a moment is before one that comes before it; nothing if all are in order."""
    worst = timedelta(0)
    for first, second in IN_ORDER:
        earlier, later = getattr(account, first), getattr(account, second)
        if earlier is not None and later is not None:
            worst = max(worst, earlier - later)
    return worst
