"""Call records are imported once, whatever is cut off or repeated, and nothing is dropped in silence."""

from __future__ import annotations

import gc
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from comptoir.ledger.actions import importing
from comptoir.ledger.actions.importing import Totals
from comptoir.ledger.client_keys import client_key
from comptoir.ledger.importing.lines import BadFile
from comptoir.ledger.models import Contact, Import, Outcome, RejectedRow
from tests.ledger.accounts import ANSWERED, BLOCKED, GOOD, HEADER, LEFT, calls, many, mapping
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def imported(path: Path, **options: Any) -> Totals:
    changed = options.pop("changed", {})
    done = importing.import_file(path=path, mapping=mapping(**changed), by=None, now=NOW, **options)
    return done.totals


def contact(source_id: str) -> Contact:
    return Contact.objects.get(source_id=source_id)


def test_each_row_becomes_a_contact(tmp_path: Path) -> None:
    assert imported(calls(tmp_path / "c.csv", *GOOD)) == Totals(read=3, new=3)

    answered, left, blocked = contact("a1"), contact("a2"), contact("a3")
    assert (answered.outcome, left.outcome, blocked.outcome) == ("answered", "abandoned", "blocked")
    assert answered.received_at == datetime(2026, 11, 2, 15, tzinfo=UTC)
    assert answered.answered_at == datetime(2026, 11, 2, 15, 0, 15, tzinfo=UTC)
    assert (answered.source, answered.sequence, answered.on) == ("switch", 1, date(2026, 11, 2))
    assert (left.language, left.channel) == ("fr", "telephone")
    assert left.abandoned_at == left.ended_at == datetime(2026, 11, 2, 15, 3, tzinfo=UTC)
    assert bytes(answered.client_key or b"") == client_key("6135550100")
    assert (blocked.client_key, blocked.line, blocked.office_id) == (None, "crisis", None)


def test_an_import_says_what_it_did_and_who(tmp_path: Path) -> None:
    path = calls(tmp_path / "calls of monday.csv", *GOOD, "too,few")
    imported(path)

    done = Import.objects.get()

    assert (done.rows_read, done.rows_new, done.rows_known, done.rows_rejected) == (4, 3, 0, 1)
    assert (done.by_id, done.by_name, done.at, done.source) == (None, "Comptoir", NOW, "switch")
    assert done.finished_at is not None
    assert len(done.name_hash) == 64
    assert "monday" not in done.name_hash


def test_the_name_of_a_file_is_known_again_wherever_it_lies(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        imported(calls(tmp_path / folder / "c.csv", *GOOD))

    assert Import.objects.values("name_hash").distinct().count() == 1


def test_the_same_file_again_is_all_known(tmp_path: Path) -> None:
    path = calls(tmp_path / "c.csv", *GOOD)
    imported(path)

    assert imported(path) == Totals(read=3, known=3)
    assert Contact.objects.count() == 3


def test_a_row_that_is_there_twice_is_known_the_second_time(tmp_path: Path) -> None:
    assert imported(calls(tmp_path / "c.csv", *GOOD, ANSWERED)) == Totals(read=4, new=3, known=1)


def test_known_rows_stay_known_after_a_change_of_the_services_key(
    tmp_path: Path, settings: Any
) -> None:
    path = calls(tmp_path / "c.csv", *GOOD)
    imported(path)
    settings.SECRET_KEY = "another key that is long enough"

    assert imported(path) == Totals(read=3, known=3)


def test_a_row_that_says_otherwise_than_what_is_on_record_is_set_aside(tmp_path: Path) -> None:
    imported(calls(tmp_path / "c.csv", *GOOD))
    otherwise = BLOCKED.replace("crisis", "general")

    totals = imported(calls(tmp_path / "c.csv", ANSWERED, otherwise))

    assert totals == Totals(read=2, known=1, rejected=1)
    row = RejectedRow.objects.get()
    assert (row.line, row.column, row.text) == (3, "source_id", otherwise)
    assert contact("a3").line == "crisis"


def test_a_later_account_comes_with_a_higher_sequence(tmp_path: Path) -> None:
    columns = {**mapping().columns, "sequence": "No"}
    first, second = (
        calls(
            tmp_path / f"{number}.csv",
            f"a1,general,,E,2026-11-02 10:00:00,,,,,{result},{number}",
            header=f"{HEADER},No",
        )
        for number, result in ((1, "received"), (2, "IVR"))
    )
    for path in (second, first):
        imported(path, changed={"columns": columns})

    [state] = Contact.objects.newest(date(2026, 11, 2), date(2026, 11, 3))

    assert state.outcome == Outcome.SELF_SERVED


# --- Cut off, tried, repeated ---


class CutOff(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 5)
    monkeypatch.setattr(importing, "CHUNK", 2)


@pytest.mark.usefixtures("small_chunks")
def test_of_an_import_that_is_cut_off_what_was_done_stands_and_the_rest_is_done_again(
    tmp_path: Path,
) -> None:
    path = many(tmp_path / "c.csv", 35)
    usual = sys.getswitchinterval()

    def until_the_second(totals: Totals) -> None:
        if totals.read >= 20:
            raise CutOff

    with pytest.raises(CutOff):
        imported(path, progress=until_the_second)
    cut = Import.objects.get()
    assert (cut.rows_read, cut.rows_new, cut.finished_at) == (20, 20, None)
    assert Contact.objects.count() == 20

    assert gc.isenabled()
    assert sys.getswitchinterval() == usual

    assert imported(path) == Totals(read=35, new=15, known=20)
    assert Contact.objects.count() == 35


@pytest.mark.usefixtures("small_chunks", "_months_forgotten")
@pytest.mark.django_db(transaction=True)
def test_each_chunk_is_committed_by_itself(tmp_path: Path) -> None:
    """Seen from a transaction that is rolled back around what comes after."""
    seen: list[int] = []

    def count(totals: Totals) -> None:
        with transaction.atomic(durable=True):  # raises if a chunk had left one open
            seen.append(Contact.objects.count())

    imported(many(tmp_path / "c.csv", 25), progress=count)

    assert seen == [10, 20, 25]


@pytest.mark.usefixtures("small_chunks")
def test_a_chunk_that_fails_leaves_nothing_of_itself(tmp_path: Path) -> None:
    """The totals and the rejected rows are of the chunk's own transaction."""
    path = many(tmp_path / "c.csv", 30)
    with path.open("a", encoding="utf-8") as file:
        file.write("short\n")
    imported(path)
    done = Import.objects.get()

    with pytest.raises(IntegrityError, match="import_totals_reconcile"), transaction.atomic():
        Import.objects.filter(pk=done.pk).update(rows_rejected=0)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        done.delete()


@pytest.mark.usefixtures("small_chunks")
def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = many(tmp_path / "c.csv", 25)
    with path.open("a", encoding="utf-8") as file:
        file.write("short\n")

    tried = imported(path, dry_run=True)

    assert not any(model.objects.exists() for model in (Contact, Import, RejectedRow))
    assert tried == imported(path) == Totals(read=26, new=25, rejected=1)


@pytest.mark.usefixtures("small_chunks")
def test_totals_reconcile_over_a_file_of_everything(tmp_path: Path) -> None:
    path = many(tmp_path / "c.csv", 95)
    lines = path.read_text(encoding="utf-8").splitlines()
    for place in range(5, 90, 7):
        lines[place] = lines[place - 1]  # twice
    for place in range(6, 90, 11):
        lines[place] = "m,general,,E,yesterday,,,,,BUSY"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    totals = imported(path)

    assert totals.read == 95 == totals.new + totals.known + totals.rejected
    assert totals.known > 5
    assert totals.rejected > 5
    assert Contact.objects.count() == totals.new
    assert RejectedRow.objects.count() == totals.rejected


def test_a_rejected_row_is_kept_as_it_stood(tmp_path: Path) -> None:
    wrong = LEFT.replace("HANG", "EXPLODED")
    done = importing.import_file(
        path=calls(tmp_path / "c.csv", ANSWERED, wrong), mapping=mapping(), by=None, now=NOW
    )

    row = RejectedRow.objects.get()
    assert (row.of_id, row.line, row.column) == (done.number, 3, "outcome")
    assert row.reason == "'EXPLODED' is not in the mapping"
    assert row.text == wrong
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        RejectedRow.objects.update(text="other")


# --- Hostile files ---


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


PAGE = b"<!doctype html><html><body>Sign in</body></html>\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n", "line 1 is empty"),
        (PAGE, "this is a web page"),
        (b"\xef\xbb\xbf" + PAGE, "this is a web page"),
        (HEADER.encode("utf-16"), "binary data, or text in UTF-16"),
        (b"PK\x03\x04\x00\x00", "binary data"),
        (HEADER.replace("Queue", "Qu\xe9ue").encode("latin-1"), "line 1 is not in utf-8"),
        (b"x" * 20_000, "line 1 has more than 10,000 bytes"),
        (b"one,two\n1,2\n", "line 1 names no column 'Call'"),
        (HEADER.replace("Lang", "Call").encode(), "line 1 names 2 columns 'Call'"),
        (b'"Call,Queue\n', "line 1 cannot be read"),
    ],
)
def test_a_file_that_is_none_costs_one_line_and_nothing_is_written(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadFile) as bad:
        imported(written(tmp_path / "c.csv", content))

    assert said in str(bad.value)
    assert "\n" not in str(bad.value)
    assert not Import.objects.exists()


def test_a_file_without_rows_is_a_day_without_calls(tmp_path: Path) -> None:
    assert imported(calls(tmp_path / "c.csv")) == Totals()
    assert Import.objects.get().finished_at is not None


HOSTILE = [
    (b"x" * 10_000_000, "line", "more than 10,000 bytes"),
    (BLOCKED.replace("crisis", "cri\0sis").encode(), "line", "NUL"),
    (BLOCKED.replace("crisis", "urg\xe9nce").encode("latin-1"), "line", "not in utf-8"),
    (b"a,b,c", "columns", "3 of them instead of 10"),
    (BLOCKED.encode() + b",more", "columns", "11 of them instead of 10"),
    (BLOCKED.replace("crisis", '"crisis').encode(), "columns", "quotation mark"),
    (BLOCKED.replace("crisis", "cri\tsis").encode(), "line", "cannot be printed"),
    (BLOCKED.replace("crisis", "c" * 31).encode(), "line", "more than 30 characters"),
    (BLOCKED.replace("a3", "").encode(), "source_id", "is empty"),
    (BLOCKED.replace(",E,", ",DE,").encode(), "language", "not in the mapping"),
    (BLOCKED.replace("2026-11-02 10:02:00,,", ",,").encode(), "received_at", "is empty"),
    (BLOCKED.replace("2026", "9999").encode(), "received_at", "future"),
    (BLOCKED.replace("2026", "1815").encode(), "received_at", "long ago"),
    (ANSWERED.replace("2026-11-02 10:05", "2099-11-02 10:05").encode(), "ended_at", "future"),
    (BLOCKED.replace("2026", "0001").encode(), "received_at", "no time of that format"),
    (BLOCKED.replace("11-02", "13-02").encode(), "received_at", "no time of that format"),
    (ANSWERED.replace("ANS", "BUSY").encode(), "outcome", "offered_at is not empty"),
    (BLOCKED.replace("BUSY", "ANS").encode(), "outcome", "offered_at is empty"),
    (ANSWERED.replace("10:05:15", "09:05:15").encode(), "ended_at", "seconds before"),
]


@pytest.mark.parametrize(("raw", "column", "reason"), HOSTILE)
def test_a_hostile_row_is_set_aside_and_its_neighbours_are_imported(
    tmp_path: Path, raw: bytes, column: str, reason: str
) -> None:
    lines = [HEADER.encode(), ANSWERED.replace("a1", "b1").encode(), raw, LEFT.encode()]

    totals = imported(written(tmp_path / "c.csv", b"\n".join(lines)))

    assert totals == Totals(read=3, new=2, rejected=1)
    row = RejectedRow.objects.get()
    assert (row.line, row.column) == (3, column)
    assert reason in row.reason
    assert 0 < len(row.text) <= RejectedRow.LONGEST


def test_all_of_them_in_one_file_are_set_aside_one_by_one(tmp_path: Path) -> None:
    lines = [HEADER.encode(), *(raw for raw, _, _ in HOSTILE), LEFT.encode()]

    totals = imported(written(tmp_path / "c.csv", b"\r\n".join(lines)))

    assert totals == Totals(read=len(HOSTILE) + 1, new=1, rejected=len(HOSTILE))
    found = RejectedRow.objects.order_by("line").values_list("line", "column")
    assert list(found) == [(place + 2, column) for place, (_, column, _) in enumerate(HOSTILE)]


def test_empty_lines_are_no_rows_and_the_lines_after_them_keep_their_numbers(
    tmp_path: Path,
) -> None:
    totals = imported(calls(tmp_path / "c.csv", "", ANSWERED, "  ", "bad", ""))

    assert totals == Totals(read=2, new=1, rejected=1)
    assert RejectedRow.objects.get().line == 5


def test_a_stray_quotation_mark_does_not_swallow_the_lines_after_it(tmp_path: Path) -> None:
    """The two would be one row of ten cells for who lets a cell go on in the next line."""
    totals = imported(
        calls(tmp_path / "c.csv", 'a8,"gen', 'eral",,E,2026-11-02 10:02:00,,,,,BUSY', ANSWERED)
    )

    assert totals == Totals(read=3, new=1, rejected=2)
    assert list(RejectedRow.objects.values_list("line", flat=True)) == [2, 3]


@pytest.mark.usefixtures("_months_forgotten")
@pytest.mark.django_db(transaction=True)
def test_of_one_file_imported_twice_at_once_each_row_is_there_once(tmp_path: Path) -> None:
    path = many(tmp_path / "c.csv", 3_000)
    with transaction.atomic():
        first = imported(path)
        rival = Rival(lambda: imported(path))
        assert rival.waits()

    assert (first, rival.result()) == (Totals(3_000, new=3_000), Totals(3_000, known=3_000))
    assert Contact.objects.count() == 3_000
