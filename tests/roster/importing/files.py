"""Roster files that tests write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

HEADER = (
    "code,name,email,languages,skills,zone,weekday,starts,ends,break_starts,break_ends,"
    "valid_from,valid_until,every_weeks,exceptions"
)
ANNA = (
    "anna,Anna Essai,anna@centre.example,en fr,study,America/Toronto,mon-fri,08:00,16:00,"
    "12:00,13:00,,,,"
)


def sheet(folder: Path, *lines: str, header: str = HEADER, name: str = "roster.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def line(**values: str) -> str:
    """One line of the sheet: Anna's, with these cells instead."""
    cells = dict(zip(HEADER.split(","), ANNA.split(","), strict=True))
    assert set(values) <= set(cells)
    return ",".join(f'"{cell}"' for cell in (cells | values).values())


def event(*lines: str, **values: str) -> list[str]:
    """A weekly event of Anna's, Mondays from 8 to 16 in Montréal, with these properties instead."""
    properties = {
        "UID": "e1@centre.example",
        "DTSTAMP": "20261101T120000Z",
        "DTSTART": ";TZID=America/Toronto:20261123T080000",
        "DTEND": ";TZID=America/Toronto:20261123T160000",
        "RRULE": "FREQ=WEEKLY",
        "ATTENDEE": ";CN=Anna Essai:mailto:anna@centre.example",
        **values,
    }
    written = [
        name + (value if value.startswith(";") else f":{value}")
        for name, value in properties.items()
        if value
    ]
    return ["BEGIN:VEVENT", *written, *lines, "END:VEVENT"]


def calendar(folder: Path, *events: Iterable[str], known: bool = False) -> Path:
    """A calendar of these events; it names Anna's code and languages unless she is `known`."""
    about = [] if known else ["X-COMPTOIR-CODE:anna", "X-COMPTOIR-LANGUAGES:en fr"]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *about]
    for one in events:
        lines += one
    path = folder / "roster.ics"
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8", newline="")
    return path
