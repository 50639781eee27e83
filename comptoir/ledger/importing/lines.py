"""The rows of a file nobody has checked, batch by batch: a line is a row, whatever is in it.

A cell may be in quotation marks but not go on in the next line, so that one stray mark spoils its own line
and no other. What cannot be split into cells is set aside with the reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 10_000
"""In bytes. Of a longer line only the beginning is kept."""

SEPARATORS = ",;\t|"


class BadFile(Exception):
    """The file as a whole cannot be read; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is set aside: where it stands, what is wrong, and the row."""

    line: int
    column: str
    reason: str
    text: str


@dataclass(slots=True)
class Batch:
    """Rows of as many cells as there are columns, with their lines; and what was set aside."""

    numbers: Sequence[int]
    texts: Sequence[str]
    rows: Sequence[list[str]]
    rejected: list[Rejected] = field(default_factory=list)


class Table:
    """A CSV file that is open: its columns, and its rows in batches."""

    def __init__(self, file: BinaryIO, encoding: str, separator: str | None) -> None:
        self.encoding = encoding
        self.lines = _bounded(file)
        header = self._header()
        self.separator = separator or max(SEPARATORS, key=header.count)
        try:
            names = next(csv.reader([header], delimiter=self.separator, strict=True), [])
        except csv.Error as error:
            raise BadFile(f"line 1 cannot be read: {error}.") from error
        self.columns = [name.strip() for name in names]

    def _header(self) -> str:
        raw = next(self.lines, b"")
        if not raw.strip():
            raise BadFile("it is empty." if not raw else "line 1 is empty.")
        if raw.lstrip(b"\xef\xbb\xbf \t").startswith(b"<"):
            raise BadFile("this is a web page or XML, not CSV.")
        if len(raw) > LONGEST_LINE:
            raise BadFile(f"line 1 has more than {LONGEST_LINE:,} bytes.")
        if b"\0" in raw:
            raise BadFile("it holds binary data, or text in UTF-16. Save it as UTF-8.")
        try:
            return raw.decode("utf-8-sig" if self.encoding == "utf-8" else self.encoding)
        except UnicodeDecodeError as error:
            raise BadFile(f"line 1 is not in {self.encoding}.") from error

    def places(self, wanted: Sequence[str]) -> dict[str, int]:
        """Where each of these columns stands. Raises BadFile."""
        for name in wanted:
            count = self.columns.count(name)
            if count != 1:
                there = ", ".join(self.columns)[:300]
                how = "no column" if not count else f"{count} columns"
                raise BadFile(f"line 1 names {how} {name!r}. It names: {there}")
        return {name: self.columns.index(name) for name in wanted}

    def batches(self, size: int) -> Iterator[Batch]:
        """Its rows, so many lines at a time; empty lines are no rows."""
        first = 2
        while raws := list(islice(self.lines, size)):
            yield self._batch(raws, range(first, first + len(raws)))
            first += len(raws)

    def _batch(self, raws: list[bytes], numbers: Sequence[int]) -> Batch:
        rejected: list[Rejected] = []
        texts = self._decoded(raws)
        if texts is None:
            numbers, texts = self._decoded_singly(raws, numbers, rejected)
        rows = self._split(texts)
        width = len(self.columns)
        if rows is not None and set(map(len, rows)) <= {width}:
            return Batch(numbers, texts, rows, rejected)
        return self._split_singly(numbers, texts, rejected)

    def _decoded(self, raws: list[bytes]) -> list[str] | None:
        """All of them, unless there is anything the matter with one."""
        if max(map(len, raws)) > LONGEST_LINE or b"\0" in b"".join(raws):
            return None
        try:
            return [raw.decode(self.encoding) for raw in raws]
        except UnicodeDecodeError:
            return None

    def _decoded_singly(
        self, raws: list[bytes], numbers: Sequence[int], rejected: list[Rejected]
    ) -> tuple[list[int], list[str]]:
        kept, texts = [], []
        for number, raw in zip(numbers, raws, strict=True):
            shown = (
                raw[:LONGEST_LINE]
                .decode(self.encoding, "replace")
                .replace("\0", "\N{SYMBOL FOR NULL}")
            )
            reason = ""
            if len(raw) > LONGEST_LINE:
                reason = f"it has more than {LONGEST_LINE:,} bytes"
            elif b"\0" in raw:
                reason = "it holds a NUL byte"
            else:
                try:
                    raw.decode(self.encoding)
                except UnicodeDecodeError:
                    reason = f"it is not in {self.encoding}"
            if reason:
                rejected.append(Rejected(number, "line", reason, shown.rstrip("\r\n")))
            else:
                kept.append(number)
                texts.append(shown)
        return kept, texts

    def _split(self, texts: Sequence[str]) -> list[list[str]] | None:
        """All of them, if every line is a row."""
        try:
            rows = list(csv.reader(texts, delimiter=self.separator, strict=True))
        except csv.Error:
            return None
        return rows if len(rows) == len(texts) else None

    def _split_singly(
        self, numbers: Sequence[int], texts: Sequence[str], rejected: list[Rejected]
    ) -> Batch:
        batch = Batch([], [], [], rejected)
        kept: list[tuple[int, str, list[str]]] = []
        for number, text in zip(numbers, texts, strict=True):
            if not text.strip():
                continue
            rows = self._split([text])
            if rows is None:
                reason = "a quotation mark is not closed, or out of place"
            elif len(rows[0]) != len(self.columns):
                reason = f"there are {len(rows[0])} of them instead of {len(self.columns)}"
            else:
                kept.append((number, text, rows[0]))
                continue
            rejected.append(Rejected(number, "columns", reason, text.rstrip("\r\n")))
        if kept:
            batch.numbers, batch.texts, batch.rows = zip(*kept, strict=True)
        return batch


def open_table(path: Path, encoding: str, separator: str | None) -> tuple[BinaryIO, Table]:
    """An open file and its table. Raises BadFile."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(f"it cannot be opened: {error.strerror}.") from error
    try:
        return file, Table(file, encoding, separator)
    except BaseException:
        file.close()
        raise


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """The lines; of one without end, its beginning."""
    while raw := file.readline(LONGEST_LINE + 1):
        if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
        yield raw
