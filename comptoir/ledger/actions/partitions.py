"""The months of the ledger: a table each, made before the first row that needs it.

A month is made as a table like the ledger and then attached, which stops nobody who reads or writes the
other months; `CREATE TABLE … PARTITION OF` would wait for all of them and keep all of them waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from comptoir.ledger.models import Contact
from comptoir.ui import statements

LOCK = 7_202_220
"""Any number that nobody else locks; kept for ever."""

TABLE = Contact._meta.db_table
MISSING = (
    "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT EXISTS ("
    "SELECT FROM pg_inherits JOIN pg_class month ON month.oid = inhrelid"
    " WHERE inhparent = %s::regclass AND month.relname = name) ORDER BY name"
)
"""Asked of the catalogue's rows: `to_regclass` may answer from before the lock was granted."""


def make_months(*, days: Iterable[date]) -> list[str]:
    """Make the months of these days that are not there yet; their names.

    Whoever makes one holds an advisory lock to the end of the transaction: two at once make it once.
    """
    months = {name_of(day): first_of(day) for day in days}
    if not _missing(months):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        made = _missing(months)
        for name in made:
            first, until = months[name], first_after(months[name])
            cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
                f" FOR VALUES FROM ('{first.isoformat()}') TO ('{until.isoformat()}')"
            )
    return made


def name_of(day: date) -> str:
    """The table of the month in which a day lies."""
    return f"{TABLE}_{day.year:04}_{day.month:02}"


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def first_after(day: date) -> date:
    """The first day of the month after its own."""
    years, month = divmod(day.month, 12)
    return date(day.year + years, month + 1, 1)


def _missing(months: Iterable[str]) -> list[str]:
    return [name for (name,) in statements.rows(MISSING, [list(months), TABLE])]
