"""Districts and senators from CSV, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from comptoir.people.importing.rows import BadFile, BadRow, DistrictRow, Fields, Row, SenatorRow

R = TypeVar("R")

LONGEST_LINE = 10_000


def _district(fields: Fields) -> Row:
    return DistrictRow(
        line=fields.line,
        code=fields.code("code"),
        name_en=fields.text("name_en"),
        name_fr=fields.text("name_fr"),
        province=fields.province("province"),
        population=fields.whole("population"),
        french_share=fields.percentage("french_first_language_pct"),
    )


def _senator(fields: Fields) -> Row:
    return SenatorRow(
        line=fields.line,
        name=fields.text("name"),
        division=fields.text("division", required=False),
        province=fields.province("province"),
        since=fields.day("since"),
    )


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Fields], Row]]] = {
    "districts": (
        ("code", "name_en", "name_fr", "province", "population", "french_first_language_pct"),
        _district,
    ),
    "senators": (("name", "division", "province", "since"), _senator),
}
"""The columns of each list; others beside them are ignored."""


def read(
    path: Path, kinds: Mapping[str, tuple[tuple[str, ...], Callable[[Fields], R]]]
) -> tuple[str, Iterator[R]]:
    """Which of `kinds` (columns it must have, what reads a row) it is, and its rows; raises BadFile."""
    lines = _lines(path)
    header = next(lines, "")
    separator = max(",;\t", key=header.count)
    try:
        names = next(csv.reader([header], delimiter=separator), [])
    except csv.Error as error:
        raise BadFile(f"line 1 cannot be read: {error}.") from error
    columns = [name.strip().casefold() for name in names]
    for kind, (wanted, parse) in kinds.items():
        if set(wanted) <= set(columns):
            if len(set(columns)) < len(columns):
                raise BadFile("line 1: a column is there twice.")
            return kind, _rows(lines, separator, columns, parse)
    expected = "; ".join(f"{kind}: {', '.join(wanted)}" for kind, (wanted, _) in kinds.items())
    raise BadFile(f"line 1 does not name the columns of a list we know ({expected}).")


def _lines(path: Path) -> Iterator[str]:
    """The lines in UTF-8, none of them endless."""
    number = 0
    with path.open("rb") as file:
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                raise BadFile(f"line {number} has more than {LONGEST_LINE:,} characters.")
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise BadFile(f"line {number} is not UTF-8. Save the file as UTF-8.") from error
            if "\0" in text:
                raise BadFile(f"line {number} holds binary data, not text.")
            yield text


def _rows(
    lines: Iterator[str], separator: str, columns: list[str], parse: Callable[[Fields], R]
) -> Iterator[R]:
    return _Rows(csv.reader(lines, delimiter=separator, strict=True), columns, parse)


class _Rows(Iterator[R], Generic[R]):
    """The rows of a table. Not a generator: it goes on after a row it could not read."""

    def __init__(
        self, reader: Iterator[list[str]], columns: list[str], parse: Callable[[Fields], R]
    ) -> None:
        self.reader = reader
        self.columns = columns
        self.parse = parse

    def __next__(self) -> R:
        line, values = self._next_line()
        if len(values) != len(self.columns):
            raise BadRow(
                line, "columns", f"there are {len(values)} of them instead of {len(self.columns)}"
            )
        return self.parse(Fields(line, dict(zip(self.columns, values, strict=True))))

    def _next_line(self) -> tuple[int, list[str]]:
        while True:
            line = self._line_number() + 1
            try:
                values = next(self.reader)
            except csv.Error as error:
                raise BadFile(f"line {self._line_number() + 1} cannot be read: {error}.") from error
            if any(value.strip() for value in values):
                return line, values

    def _line_number(self) -> int:
        # The header was read apart and is line 1.
        return int(getattr(self.reader, "line_num", 0)) + 1
