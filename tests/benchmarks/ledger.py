"""Importing call records: rows a second beside raw COPY of the same rows, and memory by the length of the file.

An import reads, checks and converts each record, keys its number, copies it into a temporary table and
inserts it into the ledger. Raw COPY is given the same rows ready made: once into the ledger itself, with its
key, constraints and months, and once into a table that has none of these. Turn about, each into an empty
ledger. Memory is the peak of a process of its own that imports one file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import connection

from comptoir.ledger.actions import importing, partitions
from comptoir.ledger.importing.lines import open_table
from comptoir.ledger.importing.reading import Reader
from comptoir.ui import clock
from tests.benchmarks import figures, records

FEW, MANY = 100_000, 1_000_000
REPEATS = 3
BLOCK = 1 << 20

RATE = 50_000
SHARE = 0.4
GROWTH = 1.2
"""Aims: rows a second, part of raw COPY, peak memory of many rows by that of few."""


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        few = records.write(folder / "few.csv", FEW)
        many = records.write(folder / "many.csv", MANY)
        ready, rows = make_ready(many, folder / "ready")
        print(f"{MANY:,} records, {rows:,} of them good, {os.cpu_count()} cores\n")
        bare, copied, imported, again = measure(many, ready)
        peaks = [peak(few), peak(many)]
    raw, done = rows / median(copied), MANY / median(imported)
    print(
        figures.table(
            ("", "rows/s"),
            [
                ("raw COPY into a bare table", figures.spread([rows / s for s in bare])),
                ("raw COPY into the ledger", figures.spread([rows / s for s in copied])),
                ("import", figures.spread([MANY / s for s in imported])),
                ("import of the same file again", figures.spread([MANY / s for s in again])),
            ],
        ),
        "\n",
    )
    print(f"peak memory: {peaks[0]:.0f} MB for {FEW:,} rows, {peaks[1]:.0f} MB for {MANY:,}\n")
    print(figures.aim("import, rows a second", done, least=RATE))
    print(figures.aim("import by raw COPY into the ledger", done / raw, least=SHARE))
    print(figures.aim("memory of ten times the rows", peaks[1] / peaks[0], most=GROWTH))


def make_ready(path: Path, ready: Path) -> tuple[Path, int]:
    """The good rows of a file as COPY takes them, and how many they are; their months are made."""
    rows = 0
    file, table = open_table(path, records.MAPPING.encoding, records.MAPPING.separator)
    reader = Reader(records.MAPPING, table.places(records.MAPPING.wanted()), clock.now())
    with file, ready.open("w", encoding="utf-8") as out:
        for batch in table.batches(importing.BATCH):
            read = reader.read(batch)
            rows += len(read.places)
            partitions.make_months(days=read.days)
            out.write(read.copied)
    return ready, rows


def measure(path: Path, ready: Path) -> tuple[list[float], list[float], list[float], list[float]]:
    """Seconds of each way, several times, turn about."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE ledger_contact)")
    bare, copied, imported, again = [], [], [], []
    for _ in range(REPEATS):
        bare.append(seconds(lambda: copy(ready, "bare")))
        empty("bare")
        copied.append(seconds(lambda: copy(ready, "ledger_contact")))
        empty("ledger_contact")
        imported.append(seconds(lambda: import_file(path)))
        again.append(seconds(lambda: import_file(path)))
        empty("ledger_contact")
    return bare, copied, imported, again


def seconds(work: Callable[[], None]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def copy(ready: Path, into: str) -> None:
    """Raw COPY."""
    with (
        connection.cursor() as cursor,
        cursor.copy(importing.COPY.format(into)) as copying,
        ready.open("rb") as file,
    ):
        while block := file.read(BLOCK):
            copying.write(block)


def import_file(path: Path) -> None:
    """What is measured."""
    done = importing.import_file(path=path, mapping=records.MAPPING, by=None, now=clock.now())
    if done.totals.read != MANY or done.totals.new + done.totals.known < 0.99 * MANY:
        raise SystemExit("the records were not imported: no figure")


def empty(table: str) -> None:
    """Away with the rows, for the next."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")


def peak(path: Path) -> float:
    """Megabytes at the most, of a process that imports a file and does nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks.importing_alone", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the import failed: {done.stderr}")
    empty("ledger_contact")
    return float(done.stdout)
