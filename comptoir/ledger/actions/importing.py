"""Importing call records: chunk by chunk, each whole or not at all, none twice."""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from comptoir.ledger.actions import partitions
from comptoir.ledger.importing.lines import Batch, Rejected, Table, open_table
from comptoir.ledger.importing.mappings import Mapping
from comptoir.ledger.importing.reading import Read, Reader, rejected
from comptoir.ledger.models import COLUMNS, Contact, Import, RejectedRow
from comptoir.ui import clock

T = TypeVar("T")

BATCH = 2_000
"""Lines that are read at once: as many as stay in the processor's memory while they are worked on."""

CHUNK = 10
"""Batches to a transaction: enough to be quick, few enough to be soon done and to fit in memory."""

TURN = 0.0003
"""Seconds for which one thread keeps Python while another wants it; Python's own are 5 ms."""

SERVICE = "Comptoir"
"""The name under which nobody in particular imports, as from the command line."""

TABLE = Contact._meta.db_table
KEY = ("on", "source", "source_id", "sequence")
NOT_COMPARED = ("client_key",)
"""A key of the same number differs once the service's own key has been changed."""


def _columns(names: Any, alias: str = "") -> str:
    return ", ".join(f'{alias}"{name}"' for name in names)


FACTS = tuple(name for name in COLUMNS if name not in (*KEY, *NOT_COMPARED))
INCOMING = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS ledger_incoming (LIKE {TABLE},"
    " place integer GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0)) ON COMMIT DROP;"
    " TRUNCATE ledger_incoming RESTART IDENTITY"
)
COPY = f"COPY {{}} ({_columns(COLUMNS)}) FROM STDIN"
INSERT = (
    f"INSERT INTO {TABLE} ({_columns(COLUMNS)}) SELECT {_columns(COLUMNS)}"
    " FROM ledger_incoming ON CONFLICT DO NOTHING"
)
CONTRADICTIONS = (
    f"SELECT incoming.place FROM ledger_incoming AS incoming"
    f" JOIN {TABLE} AS known USING ({_columns(KEY)})"
    ' WHERE known."on" BETWEEN %s AND %s'
    f" AND ({_columns(FACTS, 'incoming.')}) IS DISTINCT FROM ({_columns(FACTS, 'known.')})"
    " ORDER BY incoming.place"
)


OTHERWISE = "is on record already and says otherwise; what comes later needs a higher sequence"

Chunk = list[tuple[Batch, Read]]


class Actor(Protocol):
    """A person, seen from below the room that holds them."""

    pk: Any
    name: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows of a file: each is new, known or rejected."""

    read: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0

    def plus(self, new: int, known: int, rejected: int) -> Totals:
        """With those of one more chunk."""
        return Totals(
            read=self.read + new + known + rejected,
            new=self.new + new,
            known=self.known + known,
            rejected=self.rejected + rejected,
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did so far; `number` is its own, if it was written."""

    number: int | None
    totals: Totals
    first_rejected: tuple[Rejected, ...] = ()


MOST_SHOWN = 20
"""So many rejected rows are worth showing: a file with more has one cause."""


def import_file(
    *,
    path: Path,
    mapping: Mapping,
    by: Actor | None,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[Totals], None] | None = None,
) -> Imported:
    """Import the call records of a file.

    A row that is there already is known and changes nothing; one that says otherwise than what is there
    under the same key is set aside, as is one that cannot be read. Each chunk is a transaction of its own,
    with its rejected rows and with the totals so far: of an import that is cut off, those stand, and
    importing the file again does the rest. With `dry_run` each is undone. Raises lines.BadFile.
    """
    file, table = open_table(path, mapping.encoding, mapping.separator)
    with file:
        reader = Reader(mapping, table.places(mapping.wanted()), now)
        row = None if dry_run else _begin(path, mapping, by, now)
        done = Imported(row.pk if row else None, Totals())
        for chunk in _one_ahead(_chunks(table, reader)):
            done = _write(chunk, row, done)
            if progress is not None:
                progress(done.totals)
    if row is not None:
        Import.objects.filter(pk=row.pk).update(finished_at=clock.now())
    return done


def _chunks(table: Table, reader: Reader) -> Iterator[Chunk]:
    read = ((batch, reader.read(batch)) for batch in table.batches(BATCH))
    while chunk := list(islice(read, CHUNK)):
        yield chunk


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same, of which the next is made by another thread while PostgreSQL is busy with this one."""
    with _in_a_hurry(), ThreadPoolExecutor(max_workers=1) as other:
        coming = other.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = other.submit(next, items, None)
            yield item


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """What makes Python import half as many rows again in a second, for as long as it takes.

    The thread that talks to PostgreSQL needs Python for moments, and would wait five milliseconds for each.
    And the collector of circular garbage would look again and again at all cells of a chunk, which make
    no circles and are gone when the chunk is.
    """
    usual, collects = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(TURN)
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        if collects:
            gc.enable()


def _begin(path: Path, mapping: Mapping, by: Actor | None, now: datetime) -> Import:
    return Import.objects.create(
        source=mapping.source,
        name_hash=hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest(),
        by_id=by.pk if by is not None else None,
        by_name=by.name if by is not None else SERVICE,
        at=now,
    )


def _write(chunk: Chunk, row: Import | None, before: Imported) -> Imported:
    """Write one chunk, or undo it where there is no import to write it for."""
    count = sum(len(read.places) for _, read in chunk)
    with transaction.atomic():
        new, contradictions = _insert(chunk, count, before.totals) if count else (0, [])
        aside = [one for _, read in chunk for one in read.rejected] + contradictions
        aside.sort(key=lambda one: one.line)
        totals = before.totals.plus(new, count - new - len(contradictions), len(aside))
        if row is None:
            transaction.set_rollback(True)
        else:
            _keep_aside(row, aside)
            Import.objects.filter(pk=row.pk).update(
                rows_read=totals.read, rows_new=totals.new,
                rows_known=totals.known, rows_rejected=totals.rejected,
            )  # fmt: skip
    shown = (*before.first_rejected, *aside)[:MOST_SHOWN]
    return replace(before, totals=totals, first_rejected=shown)


def _insert(chunk: Chunk, count: int, before: Totals) -> tuple[int, list[Rejected]]:
    """How many rows were new, and which say otherwise than what is there.

    Most files are all new and go straight into the ledger, in half the time of the way by a table of
    what comes in. A file of which something was known has more of that, and does not try again.
    """
    days = {day for _, read in chunk for day in read.days}
    partitions.make_months(days=days)
    if not before.known and _all_are_new(chunk):
        return count, []
    with connection.cursor() as cursor:
        cursor.execute(INCOMING)
        _copy(cursor, "ledger_incoming", chunk)
        cursor.execute(INSERT)
        new = int(cursor.rowcount)
        otherwise = []
        if new < count:
            cursor.execute(CONTRADICTIONS, [min(days), max(days)])
            otherwise = [place for (place,) in cursor.fetchall()]
    rows = [(batch, place) for batch, read in chunk for place in read.places]
    found = (rows[place] for place in otherwise)
    return new, [rejected(batch, place, "source_id", OTHERWISE) for batch, place in found]


def _all_are_new(chunk: Chunk) -> bool:
    """Write the chunk if no row of it is there already; else nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _copy(cursor, TABLE, chunk)
    except UniqueViolation:
        return False
    return True


def _copy(cursor: Any, table: str, chunk: Chunk) -> None:
    with cursor.copy(COPY.format(table)) as copy:
        for _, read in chunk:
            copy.write(read.copied)


def _keep_aside(row: Import, aside: list[Rejected]) -> None:
    RejectedRow.objects.bulk_create(
        [
            RejectedRow(
                of=row, line=one.line, column=one.column, reason=one.reason[:300], text=one.text
            )
            for one in aside
        ],
        batch_size=1_000,
    )
