"""The command an administrator types."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from comptoir.people.models import District
from tests.people.importing.lists import (
    AVALON,
    DISTRICTS_HEADER,
    REAL_DISTRICTS,
    member,
    members_xml,
    text_file,
)

pytestmark = pytest.mark.django_db


def said(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_offices", str(path), *options, stdout=out)
    return out.getvalue()


def refused(path: Path, *options: Any) -> str:
    with pytest.raises(CommandError) as error:
        said(path, *options)
    assert error.value.returncode == 2
    return str(error.value)


def test_it_says_how_much_it_did() -> None:
    assert said(REAL_DISTRICTS) == "343 districts added; 0 unchanged.\n"
    assert said(REAL_DISTRICTS) == "nothing to change; 343 unchanged.\n"


def test_a_dry_run_prints_the_difference(tmp_path: Path) -> None:
    path = text_file(tmp_path / "d.csv", DISTRICTS_HEADER, AVALON)

    assert said(path, "--dry-run").splitlines() == [
        "+ 10001 Avalon",
        "1 districts added; 0 unchanged.",
        "Nothing was written.",
    ]
    assert not District.objects.exists()


def test_bad_rows_are_listed_with_the_file_and_leave_with_code_2(tmp_path: Path) -> None:
    path = text_file(tmp_path / "d.csv", DISTRICTS_HEADER, AVALON, "1,a,b,XX,1,1", "2,a,b,ON,x,1")

    assert refused(path).splitlines() == [
        "d.csv: line 3, province: 'XX' is not a province or territory",
        "d.csv: line 4, population: 'x' is not a whole number",
        "Nothing was imported.",
    ]


def test_a_hostile_file_gets_one_line_and_code_2(tmp_path: Path) -> None:
    page = text_file(tmp_path / "page.xml", "<!doctype html><html></html>")

    message = refused(page)

    assert message.startswith("page.xml: this is a web page")
    assert "\n" not in message


def test_members_need_their_districts_first(tmp_path: Path) -> None:
    assert "is no district we know" in refused(members_xml(tmp_path / "m.xml", [member()]))


def test_offices_that_are_not_named_are_counted(tmp_path: Path) -> None:
    said(REAL_DISTRICTS)
    both = [member(), member(PersonId="2", ConstituencyName="Labrador")]
    said(members_xml(tmp_path / "m.xml", both))

    text = said(members_xml(tmp_path / "m.xml", both[:1]))

    assert "1 open offices are not in this list" in text
