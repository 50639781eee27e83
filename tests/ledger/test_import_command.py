"""What an operator types, and what is said."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from comptoir.ledger.models import Contact, RejectedRow
from comptoir.site import command
from tests.ledger.accounts import GOOD, calls, many
from tests.ledger.test_mappings import EXAMPLE

pytestmark = pytest.mark.django_db

RECORDS = EXAMPLE.with_name("calls.csv")

MAPPING = """
source = "switch"
time_format = "%Y-%m-%d %H:%M:%S"
[columns]
source_id = "Call"
line = "Queue"
client = "Caller"
outcome = "Result"
[times]
received_at = "Start"
offered_at = "Queued"
answered_at = "Answered"
abandoned_at = "Left"
[constants]
channel = "telephone"
[values.outcome]
ANS = "answered"
HANG = "abandoned"
BUSY = "blocked"
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "m.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def said(path: Path, mapping: Path, *options: str, out: StringIO | None = None) -> str:
    out = out or StringIO()
    call_command("import_contacts", str(path), "--mapping", str(mapping), *options, stdout=out)
    return out.getvalue()


def refused(path: Path, mapping: Path, *options: Any) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        said(path, mapping, *options)
    return error.value.returncode, str(error.value)


def test_the_example_of_the_guide_is_imported_as_it_stands() -> None:
    assert said(RECORDS, EXAMPLE) == "6 rows read: 6 new, 0 known, 0 set aside.\n"
    assert said(RECORDS, EXAMPLE) == "6 rows read: 0 new, 6 known, 0 set aside.\n"
    outcomes = dict(Contact.objects.values_list("source_id", "outcome"))
    assert list(outcomes.values()).count("answered") == 3
    assert Contact.objects.get(skewed=True).source_id == "c-0006"


def test_a_dry_run_writes_nothing(tmp_path: Path, mapping: Path) -> None:
    path = calls(tmp_path / "c.csv", *GOOD)

    text = said(path, mapping, "--dry-run")

    assert text.splitlines() == [
        "3 rows read: 3 new, 0 known, 0 set aside.",
        "Nothing was written.",
    ]
    assert not Contact.objects.exists()


def test_rows_that_were_set_aside_are_listed_and_end_with_code_1(
    tmp_path: Path, mapping: Path
) -> None:
    out = StringIO()
    path = calls(tmp_path / "c.csv", *GOOD, "short", "a9,,,,never,,,,,BUSY")

    with pytest.raises(CommandError) as error:
        said(path, mapping, out=out)

    number = RejectedRow.objects.values_list("of_id", flat=True)[0]
    assert error.value.returncode == 1
    assert out.getvalue() == "5 rows read: 3 new, 0 known, 2 set aside.\n"
    assert str(error.value).splitlines() == [
        "c.csv: line 5, columns: there are 1 of them instead of 10",
        "c.csv: line 6, received_at: 'never' is no time of that format",
        f"The rows are kept aside as rejected rows of import {number}.",
    ]


def test_of_very_many_the_first_are_listed(tmp_path: Path, mapping: Path) -> None:
    path = many(tmp_path / "c.csv", 50)
    path.write_text(path.read_text(encoding="utf-8").replace("BUSY", "???"), encoding="utf-8")

    code, text = refused(path, mapping)

    assert code == 1
    assert text.count("\n") == 21
    assert "c.csv: and 30 more." in text


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\0\0\0\0", b"a,b\n1,2\n"])
def test_a_hostile_file_gets_one_line_and_code_2(
    tmp_path: Path, mapping: Path, content: bytes
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)

    code, text = refused(path, mapping)

    assert code == 2
    assert text.startswith("c.csv: ")
    assert "\n" not in text


def test_a_file_that_is_not_there_and_a_folder_get_one_line(tmp_path: Path, mapping: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        code, text = refused(path, mapping)
        assert (code, text.count("\n")) == (2, 0)
        assert "cannot be opened" in text


def test_a_bad_mapping_gets_one_line_and_code_2(tmp_path: Path, mapping: Path) -> None:
    mapping.write_text("source = 5", encoding="utf-8")

    code, text = refused(calls(tmp_path / "c.csv", *GOOD), mapping)

    assert code == 2
    assert text.startswith("m.toml: source is missing")


@pytest.mark.parametrize(
    ("words", "obeyed"),
    [
        (["import", "c.csv", "--mapping", "m"], ["import_contacts", "c.csv", "--mapping", "m"]),
        (["count", "--from", "d"], ["count_contacts", "--from", "d"]),
    ],
)
def test_the_word_of_the_command_becomes_the_rooms(
    words: list[str], obeyed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[str]] = []
    monkeypatch.setattr(command, "_execute", heard.append)
    monkeypatch.setattr(command, "_load_django", lambda: None)

    command.obey(["ledger", *words])

    assert heard == [obeyed]


def test_another_word_shows_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.obey(["ledger", "burn"]) == 2
    assert "comptoir ledger import FILE --mapping FILE" in capsys.readouterr().err
