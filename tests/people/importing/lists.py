"""Lists as files, written the way their publishers write them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

REAL_DISTRICTS = (
    Path(__file__).resolve().parents[3] / "comptoir/people/data/federal-electoral-districts.csv"
)

NAMESPACES = (
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def member(**changes: Any) -> dict[str, Any]:
    """A sitting member for Avalon."""
    return {
        "PersonId": "110001",
        "PersonShortHonorific": "Hon.",
        "PersonOfficialFirstName": "Camille",
        "PersonOfficialLastName": "Exemple",
        "ConstituencyName": "Avalon",
        "ConstituencyProvinceTerritoryName": "Newfoundland and Labrador",
        "CaucusShortName": "Fictional Caucus",
        "FromDateTime": "2025-04-28T00:00:00",
        "ToDateTime": None,
    } | changes


def members_xml(path: Path, members: Iterable[dict[str, Any]], *, encoding: str = "utf-8") -> Path:
    """The House of Commons' list: one element a line."""
    with path.open("w", encoding=encoding) as file:
        file.write(f'<?xml version="1.0" encoding="{encoding}"?>\n')
        file.write(f"<ArrayOfMemberOfParliament {NAMESPACES}>\n")
        for values in members:
            file.write("  <MemberOfParliament>\n")
            for name, value in values.items():
                file.write(
                    f'    <{name} xsi:nil="true" />\n'
                    if value is None
                    else f"    <{name}>{escape(str(value))}</{name}>\n"
                )
            file.write("  </MemberOfParliament>\n")
        file.write("</ArrayOfMemberOfParliament>\n")
    return path


def text_file(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """Lines of text."""
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


DISTRICTS_HEADER = "code,name_en,name_fr,province,population,french_first_language_pct"
SENATORS_HEADER = "name,division,province,since"
AVALON = "10001,Avalon,Avalon,NL,81735,0.2"
LABRADOR = "10004,Labrador,Labrador,NL,26655,1.5"
