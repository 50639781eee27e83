"""How the records of one call system are read: a TOML file that names its columns, formats and words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from comptoir.ledger.models import Channel, Outcome
from comptoir.ui import clock

TEXTS = {
    "source_id": 80,
    "sequence": 10,
    "channel": 12,
    "line": 30,
    "language": 2,
    "office_id": 19,
    "client": 200,
    "outcome": 12,
    "wrap_up_code": 10,
}
"""The fields that are read as text, and how long they may be."""

MOMENTS = ("received_at", "offered_at", "answered_at", "abandoned_at", "ended_at")
REQUIRED = ("source_id", "channel", "outcome")
CHOICES: dict[str, frozenset[str]] = {
    "channel": frozenset(Channel.values),
    "outcome": frozenset(Outcome.values),
    "language": frozenset(["", "en", "fr"]),
}
ENCODINGS = ("utf-8", "cp1252", "latin-1")
SEPARATORS = (",", ";", "\t", "|")
KEYS = frozenset(
    [
        "source", "encoding", "separator", "zone", "time_format", "blank", "most_skew_seconds",
        "columns", "times", "constants", "values",
    ]
)  # fmt: skip
AND = " + "
"""Between the names of two columns that are one moment together, such as a date and a time."""


class BadMapping(Exception):
    """The mapping cannot be used; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where each field of a contact comes from.

    A moment has alternatives, of which the first that is not blank counts; each is one column or
    several that are put together. `values` says what the words of the system mean here.
    """

    source: str
    encoding: str = "utf-8"
    separator: str | None = None
    zone: ZoneInfo = field(default_factory=clock.service_zone)
    time_format: str = "iso"
    blank: frozenset[str] = frozenset([""])
    most_skew: timedelta = timedelta(minutes=2)
    columns: Named[str, str] = field(default_factory=dict)
    times: Named[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    constants: Named[str, str] = field(default_factory=dict)
    values: Named[str, Named[str, str]] = field(default_factory=dict)

    def wanted(self) -> list[str]:
        """Every column that the file must have, each once."""
        of_times = (name for ways in self.times.values() for way in ways for name in way)
        return [*dict.fromkeys([*self.columns.values(), *of_times])]


def load(path: Path) -> Mapping:
    """The mapping in a file. Raises BadMapping."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMapping(f"it cannot be read: {' '.join(str(error).split())}") from error
    return read(said)


def read(said: Named[str, Any]) -> Mapping:
    """The mapping that a table says. Raises BadMapping."""
    if unknown := sorted(said.keys() - KEYS):
        raise BadMapping(f"{unknown[0]} is nothing that a mapping says.")
    mapping = Mapping(
        source=_text(said, "source", longest=30),
        encoding=_one_of(said, "encoding", ENCODINGS, "utf-8"),
        separator=_one_of(said, "separator", SEPARATORS, None),
        zone=_zone(said),
        time_format=_format(said),
        blank=frozenset(["", *_texts(said, "blank")]),
        most_skew=_seconds(said, "most_skew_seconds", 120),
        columns=_table(said, "columns", TEXTS),
        times={name: _ways(name, told) for name, told in _of(said, "times", MOMENTS).items()},
        constants=_table(said, "constants", TEXTS),
        values={name: _words(name, told) for name, told in _of(said, "values", TEXTS).items()},
    )
    _check(mapping)
    return mapping


def _check(mapping: Mapping) -> None:
    for name in REQUIRED:
        if name not in {*mapping.columns, *mapping.constants}:
            raise BadMapping(f"it does not say where {name} comes from.")
    if "received_at" not in mapping.times:
        raise BadMapping("it does not say where received_at comes from.")
    if twice := sorted(mapping.columns.keys() & mapping.constants.keys()):
        raise BadMapping(f"{twice[0]} has a column and a constant.")
    if {"source_id", "client"} & mapping.constants.keys():
        raise BadMapping("source_id and client differ from row to row: they need a column.")
    _check_constants(mapping)


def _check_constants(mapping: Mapping) -> None:
    for name, value in mapping.constants.items():
        if name in CHOICES and value not in CHOICES[name]:
            raise BadMapping(f"constants.{name}: {value!r} is none of {_listed(CHOICES[name])}.")
        if not value.isprintable() or "\\" in value or len(value) > TEXTS[name]:
            raise BadMapping(f"constants.{name} is too long or cannot be printed.")
        if name in ("sequence", "office_id") and not (value.isascii() and value.isdigit()):
            raise BadMapping(f"constants.{name} is not a whole number.")


def _text(said: Named[str, Any], key: str, *, longest: int) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\\" in value:
        raise BadMapping(f"{key} is missing, or no text of at most {longest} characters.")
    if not value.isprintable():
        raise BadMapping(f"{key} holds characters that cannot be printed.")
    return value


def _texts(said: Named[str, Any], key: str) -> list[str]:
    value = said.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadMapping(f"{key} is not a list of texts.")
    return value


def _one_of(said: Named[str, Any], key: str, among: tuple[str, ...], default: Any) -> Any:
    value = said.get(key, default)
    if value is not default and value not in among:
        raise BadMapping(f"{key} is none of {_listed(among)}.")
    return value


def _zone(said: Named[str, Any]) -> ZoneInfo:
    name = said.get("zone")
    if name is None:
        return clock.service_zone()
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadMapping(f"zone: {name!r} is no time zone, such as America/Toronto.") from error


def _format(said: Named[str, Any]) -> str:
    value = said.get("time_format", "iso")
    day = isinstance(value, str) and all(part in value for part in ("%d", "%m"))
    if value not in ("iso", "epoch") and not day:
        raise BadMapping('time_format is neither "iso", "epoch" nor such as "%Y-%m-%d %H:%M:%S".')
    return str(value)


def _seconds(said: Named[str, Any], key: str, default: int) -> timedelta:
    value = said.get(key, default)
    if type(value) is not int or not 0 <= value <= 3600:
        raise BadMapping(f"{key} is not a whole number from 0 to 3600.")
    return timedelta(seconds=value)


def _of(said: Named[str, Any], key: str, names: Any) -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        raise BadMapping(f"{key} is not a table.")
    for name in table:
        if name not in names:
            raise BadMapping(f"{key}.{name} is no field. Fields: {', '.join(names)}.")
    return table


def _table(said: Named[str, Any], key: str, names: Any) -> dict[str, str]:
    table = _of(said, key, names)
    found = {name: str(value) if type(value) is int else value for name, value in table.items()}
    for name, value in found.items():
        if not isinstance(value, str) or not value:
            raise BadMapping(f"{key}.{name} is not a text.")
    return found


def _ways(name: str, told: Any) -> tuple[tuple[str, ...], ...]:
    ways = told if isinstance(told, list) else [told]
    if not ways or not all(isinstance(way, str) and way for way in ways):
        raise BadMapping(f"times.{name} is neither a column nor a list of them.")
    return tuple(tuple(way.split(AND)) for way in ways)


def _words(name: str, told: Any) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise BadMapping(f"values.{name} is not a table of texts.")
    for value in told.values():
        if name in CHOICES and value not in CHOICES[name]:
            raise BadMapping(f"values.{name}: {value!r} is none of {_listed(CHOICES[name])}.")
    return told


def _listed(words: Any) -> str:
    return ", ".join(repr(word) for word in sorted(words))
