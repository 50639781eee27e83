"""What a line of a list says, and what can be wrong with it. A caucus or party is never read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeVar

from comptoir.people.models import Province
from comptoir.people.place_names import matching_key

R = TypeVar("R")

MAX_BAD_ROWS = 20
"""How many bad rows are worth showing: a file with more has one cause."""


class BadFile(Exception):
    """The file as a whole cannot be read; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the line, and the column or element."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.message}"


class BadRow(Exception):
    """One row cannot be read."""

    def __init__(self, line: int, column: str, message: str) -> None:
        self.fault = Fault(line, column, message)
        super().__init__(str(self.fault))


class BadRows(Exception):
    """The file was read and some rows are wrong: nothing of it is imported."""

    def __init__(self, faults: list[Fault], *, more: bool) -> None:
        self.faults = faults
        self.more = more
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """An electoral district."""

    line: int
    code: str
    name_en: str
    name_fr: str
    province: Province
    population: int
    french_share: Decimal


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the House of Commons; `until` when the seat was vacated."""

    line: int
    source_id: str
    honorific: str
    name: str
    constituency: str
    province: Province
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class SenatorRow:
    """A senator."""

    line: int
    name: str
    division: str
    province: Province
    since: date


Row = DistrictRow | MemberRow | SenatorRow


class Fields:
    """The raw texts of one row, read one by one with the line and column of what is wrong."""

    def __init__(self, line: int, values: dict[str, str]) -> None:
        self.line = line
        self.values = values

    def fail(self, column: str, message: str) -> NoReturn:
        """Raise BadRow at this column."""
        raise BadRow(self.line, column, message)

    def text(self, column: str, *, longest: int = 200, required: bool = True) -> str:
        """A single line of text, with its spaces made single."""
        value = " ".join(self.values.get(column, "").split())
        if required and not value:
            self.fail(column, "is empty")
        if len(value) > longest:
            self.fail(column, f"has more than {longest} characters")
        if not value.isprintable():
            self.fail(column, "holds characters that cannot be printed")
        return value

    def whole(self, column: str, *, most: int = 2_000_000_000) -> int:
        """A whole number that is not negative."""
        value = self.text(column, longest=20)
        if not (value.isascii() and value.isdigit()) or int(value) > most:
            self.fail(column, f"{value!r} is not a whole number")
        return int(value)

    def percentage(self, column: str) -> Decimal:
        """A number from 0 to 100, one decimal kept."""
        value = self.text(column, longest=20)
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(column, f"{value!r} is not a number")
        if not (number.is_finite() and 0 <= number <= 100):
            self.fail(column, f"{value} is not between 0 and 100")
        return number.quantize(Decimal("0.1"))

    def code(self, column: str) -> str:
        """Letters, digits and hyphens: it becomes part of an address."""
        value = self.text(column, longest=10)
        if not re.fullmatch(r"[A-Za-z0-9-]+", value):
            self.fail(column, f"{value!r} is not made of letters, digits and hyphens")
        return value

    def day(self, column: str) -> date:
        """A date, written YYYY-MM-DD; a time after it is ignored."""
        value = self.text(column, longest=40)
        match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", value)
        try:
            return (
                date.fromisoformat(match[1]) if match else self.fail(column, _NO_DATE.format(value))
            )
        except ValueError:
            self.fail(column, _NO_DATE.format(value))

    def province(self, column: str) -> Province:
        """A province or territory by its code, its English or its French name."""
        value = self.text(column)
        known = PROVINCES.get(matching_key(value))
        if known is None:
            self.fail(column, f"{value!r} is not a province or territory")
        return known


_NO_DATE = "{!r} is not a date (YYYY-MM-DD)"

_PROVINCE_NAMES = {
    Province.NL: ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    Province.PE: ("Prince Edward Island", "Île-du-Prince-Édouard"),
    Province.NS: ("Nova Scotia", "Nouvelle-Écosse"),
    Province.NB: ("New Brunswick", "Nouveau-Brunswick"),
    Province.QC: ("Quebec", "Québec"),
    Province.ON: ("Ontario", "Ontario"),
    Province.MB: ("Manitoba", "Manitoba"),
    Province.SK: ("Saskatchewan", "Saskatchewan"),
    Province.AB: ("Alberta", "Alberta"),
    Province.BC: ("British Columbia", "Colombie-Britannique"),
    Province.YT: ("Yukon", "Yukon"),
    Province.NT: ("Northwest Territories", "Territoires du Nord-Ouest"),
    Province.NU: ("Nunavut", "Nunavut"),
}
# Lists are written in either language, whatever the language of the service that reads them.
PROVINCES = {
    matching_key(name): province
    for province, names in _PROVINCE_NAMES.items()
    for name in (province.value, *names)
}


def collect(rows: Iterator[R]) -> list[R]:
    """Every row, once all could be read; raises BadRows. A reader goes on after a bad row."""
    good: list[R] = []
    faults: list[Fault] = []
    while len(faults) <= MAX_BAD_ROWS:
        try:
            good.append(next(rows))
        except StopIteration:
            break
        except BadRow as bad:
            faults.append(bad.fault)
    if faults:
        raise BadRows(faults[:MAX_BAD_ROWS], more=len(faults) > MAX_BAD_ROWS)
    return good
