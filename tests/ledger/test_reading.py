"""What cells mean: times of any format in any zone, words of any system, and seconds that clocks differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.ledger.actions import importing
from comptoir.ledger.actions.importing import Imported, Totals
from comptoir.ledger.importing.moments import BAD, NULL, Moments, as_read
from comptoir.ledger.models import Contact, RejectedRow
from comptoir.ui import clock
from tests.ledger.accounts import ANSWERED, BLOCKED, LEFT, MAPPING, calls, mapping

MONTREAL = ZoneInfo("America/Toronto")
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
PLAIN = "%Y-%m-%d %H:%M:%S"


def read(text: str, written: str = PLAIN, zone: ZoneInfo = MONTREAL) -> str:
    [found] = Moments(written, zone, frozenset([""])).read([text])
    return found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-02 10:00:05", PLAIN),
        ("02/11/2026 10:00:05", "%d/%m/%Y %H:%M:%S"),
        ("11/2/2026 10:00:05 AM", "%m/%d/%Y %I:%M:%S %p"),
        ("20261102100005", "%Y%m%d%H%M%S"),
        ("2026-11-02T10:00:05", "iso"),
        ("2026-11-02T15:00:05Z", "iso"),
        ("2026-11-02T15:00:05.987Z", "iso"),
        ("2026-11-02 16:00:05+01:00", "iso"),
        ("20261102T150005Z", "iso"),
        ("1793631605", "epoch"),
        ("1793631605.25", "epoch"),
        ("2026-11-02 16:00:05 +0100", "%Y-%m-%d %H:%M:%S %z"),
    ],
)
def test_a_moment_is_read_in_any_format(text: str, written: str) -> None:
    assert read(text, written) == "2026-11-02 15:00:05+00"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-02 10:00", "%Y-%m-%d %H:%M"),
        ("2026-11-02T10:00", "iso"),
        ("2026-11-02T15:00Z", "iso"),
    ],
)
def test_without_seconds_the_minute_is_meant(text: str, written: str) -> None:
    assert read(text, written) == "2026-11-02 15:00:00+00"


@pytest.mark.parametrize(
    "text", ["x", "2026-11-02", "2026-11-31 10:00:00", "2026-11-02 10:00:60", "2026-11-02 10:00:5²"]
)
@pytest.mark.parametrize("written", [PLAIN, "epoch", "%d/%m/%Y %I:%M:%S %p"])
def test_what_is_no_moment_of_the_format_is_none(text: str, written: str) -> None:
    assert read(text, written) == BAD


def test_nothing_is_nothing() -> None:
    assert read("") == NULL


def test_a_time_that_the_clocks_skip_is_none() -> None:
    assert read("2026-03-08 02:30:00") == BAD
    assert read("2026-03-08 03:00:00") == "2026-03-08 07:00:00+00"


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    assert read("2026-11-01 01:30:00") == "2026-11-01 05:30:00+00"
    assert read("2026-11-01 02:30:00") == "2026-11-01 07:30:00+00"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - as a file writes it, without a zone
    st.sampled_from(["America/Toronto", "America/St_Johns", "Asia/Kathmandu", "Europe/Paris"]),
    st.sampled_from([PLAIN, "%d/%m/%Y %I:%M:%S %p", "iso", "epoch"]),
)
def test_what_is_written_in_a_zone_is_read_as_the_same_instant(
    utc: datetime, name: str, written: str
) -> None:
    instant, zone = utc.replace(microsecond=0, tzinfo=UTC), ZoneInfo(name)
    local = instant.astimezone(zone)
    text = {"iso": local.isoformat(), "epoch": f"{instant.timestamp():.0f}"}.get(
        written, local.strftime(written)
    )
    again = local.replace(tzinfo=None).replace(tzinfo=zone).astimezone(UTC) != instant

    if not again or written in ("iso", "epoch"):
        assert read(text, written, zone) == as_read(instant)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - as a file writes it, without a zone
def test_a_day_is_the_centres(utc: datetime) -> None:
    instant = utc.replace(tzinfo=UTC)
    moments = Moments(PLAIN, MONTREAL, frozenset([""]))

    assert moments.on([as_read(instant)]) == [clock.service_date(instant).isoformat()]


# --- Rows ---

pytestmark = pytest.mark.django_db


def imported(tmp_path: Path, *lines: str, **changed: Any) -> Imported:
    return importing.import_file(
        path=calls(tmp_path / "c.csv", *lines), mapping=mapping(**changed), by=None, now=NOW
    )


def only(tmp_path: Path, line: str, **changed: Any) -> Contact:
    assert imported(tmp_path, line, **changed).totals == Totals(read=1, new=1)
    return Contact.objects.get()


def test_a_call_that_never_waited_was_offered_when_it_was_answered(tmp_path: Path) -> None:
    """The mapping's second column for a moment is read where the first is blank."""
    row = only(tmp_path, ANSWERED.replace("2026-11-02 10:00:05", ""))

    assert row.offered_at == row.answered_at == datetime(2026, 11, 2, 15, 0, 15, tzinfo=UTC)


def test_a_moment_may_stand_in_two_columns_and_have_its_own_word_for_nothing(
    tmp_path: Path,
) -> None:
    header = "Call,Queue,Caller,Lang,Day,Start,Queued,Answered,Left,End,Result"
    line = "a1,general,,E,99-09-01,12:03:44,0:00:00,0:00:00,0:00:00,12:04:00,PHANTOM"
    times = {
        "received_at": "Day + Start",
        "offered_at": ["Day + Queued", "Day + Answered"],
        "ended_at": "Day + End",
    }
    changed = {
        "times": times, "blank": ["0:00:00"], "time_format": "%y-%m-%d %H:%M:%S",
        "values": {"outcome": {"PHANTOM": "phantom"}, "language": {"E": "en"}},
    }  # fmt: skip

    importing.import_file(
        path=calls(tmp_path / "c.csv", line, header=header),
        mapping=mapping(**changed), by=None, now=NOW,
    )  # fmt: skip

    row = Contact.objects.get()
    assert (row.received_at, row.offered_at) == (datetime(1999, 9, 1, 16, 3, 44, tzinfo=UTC), None)
    assert (row.outcome, row.on.year) == ("phantom", 1999)


def test_the_end_of_waiting_is_no_abandonment_of_who_was_answered(tmp_path: Path) -> None:
    row = only(tmp_path, ANSWERED.replace("15,,", "15,2026-11-02 10:00:15,"))

    assert (row.outcome, row.abandoned_at) == ("answered", None)


def test_an_answer_without_talk_is_one(tmp_path: Path) -> None:
    row = only(tmp_path, ANSWERED.replace("10:05:15", "10:00:15"))

    assert row.ended_at == row.answered_at
    assert not row.skewed


@pytest.mark.parametrize(("seconds", "kept"), [(2, True), (88, True), (120, True), (121, False)])
def test_clocks_may_differ_by_so_many_seconds(tmp_path: Path, seconds: int, kept: bool) -> None:
    """In real records an answer starts seconds before it left the queue, and some differ by 55 to 87."""
    queued = datetime(2026, 11, 2, 10, 0, 15) + timedelta(seconds=seconds)  # noqa: DTZ001 - as a file writes it, without a zone
    line = ANSWERED.replace("2026-11-02 10:00:05", str(queued))

    totals = imported(tmp_path, line).totals

    assert totals == (Totals(read=1, new=1) if kept else Totals(read=1, rejected=1))
    if kept:
        row = Contact.objects.get()
        assert row.skewed
        assert row.offered_at == queued.replace(tzinfo=MONTREAL).astimezone(UTC)
    else:
        assert RejectedRow.objects.get().reason == f"is {seconds} seconds before offered_at"


def test_the_mapping_says_how_much_clocks_may_differ(tmp_path: Path) -> None:
    line = ANSWERED.replace("10:00:05", "10:00:16")

    assert imported(tmp_path, line, most_skew_seconds=0).totals.rejected == 1
    assert imported(tmp_path, line, most_skew_seconds=1).totals.new == 1


def test_in_the_hour_that_comes_twice_a_call_goes_on_in_the_second(tmp_path: Path) -> None:
    line = (
        "a1,general,,E,2026-11-01 00:59:50,2026-11-01 01:59:55,"
        "2026-11-01 01:00:05,,2026-11-01 01:10:00,ANS"
    )

    row = only(tmp_path, line)

    assert row.received_at == datetime(2026, 11, 1, 4, 59, 50, tzinfo=UTC)
    assert row.answered_at == datetime(2026, 11, 1, 6, 0, 5, tzinfo=UTC)
    assert row.ended_at == datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert not row.skewed


def test_cells_with_marks_spaces_and_backslashes_are_kept_as_they_are(tmp_path: Path) -> None:
    row = only(tmp_path, BLOCKED.replace("a3", r'" a,3\N\t "'))

    assert row.source_id == r"a,3\N\t"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_from_the_header(tmp_path: Path, separator: str) -> None:
    path = calls(tmp_path / "c.csv", LEFT)
    path.write_text(path.read_text(encoding="utf-8").replace(",", separator), encoding="utf-8")

    done = importing.import_file(path=path, mapping=mapping(), by=None, now=NOW)

    assert done.totals == Totals(read=1, new=1)


def test_another_encoding_is_read_as_the_mapping_says(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(
        "\r\n".join([calls(path).read_text().strip(), BLOCKED.replace("crisis", "été")]).encode(
            "cp1252"
        )
    )

    importing.import_file(path=path, mapping=mapping(encoding="cp1252"), by=None, now=NOW)

    assert Contact.objects.get().line == "été"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("7", True),
        ("", True),
        ("0007", True),
        ("-1", False),
        ("²", False),
        ("9" * 19, False),
        ("9" * 5_000, False),  # longer than Python reads a number
    ],
)
def test_an_office_is_a_whole_number(tmp_path: Path, cell: str, kept: bool) -> None:
    columns = {**MAPPING["columns"], "office_id": "Queue"}
    del columns["line"]

    totals = imported(tmp_path, BLOCKED.replace("crisis", cell), columns=columns).totals

    assert (totals.new, totals.rejected) == (int(kept), int(not kept))


@given(st.lists(st.text(max_size=12), min_size=10, max_size=10))
def test_no_text_in_any_cell_breaks_the_reading(cells: list[str]) -> None:
    """Read only: what comes out is as many lines for COPY as are not set aside."""
    from comptoir.ledger.importing.lines import Batch
    from comptoir.ledger.importing.reading import Reader

    told = mapping()
    places = {name: place for place, name in enumerate(calls_header())}
    row = [cell.replace("\0", "") for cell in cells]

    read = Reader(told, places, NOW).read(Batch([2], [",".join(row)], [row]))

    assert len(read.places) + len(read.rejected) == 1
    assert read.copied.count("\n") == len(read.places)


def calls_header() -> list[str]:
    from tests.ledger.accounts import HEADER

    return HEADER.split(",")
