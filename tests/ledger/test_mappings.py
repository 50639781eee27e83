"""What a mapping may say; what it may not costs one line that says what to mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comptoir.ledger.importing import mappings
from comptoir.ledger.importing.mappings import BadMapping
from tests.ledger.accounts import MAPPING
from tests.repository.sources import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "calls.toml"


def without(name: str, table: str) -> dict[str, Any]:
    return MAPPING | {table: {key: value for key, value in MAPPING[table].items() if key != name}}


def with_(table: str, **more: Any) -> dict[str, Any]:
    return MAPPING | {table: MAPPING.get(table, {}) | more}


def test_the_example_in_the_documents_is_one() -> None:
    mapping = mappings.load(EXAMPLE)

    assert mapping.source == "front-door"
    assert mapping.times["offered_at"] == (("Queued",), ("Answered",))
    assert {"Call ID", "Started", "Left queue"} <= set(mapping.wanted())


def test_every_field_that_there_is_stands_in_the_example() -> None:
    """Constants of one system are columns of another; sequence and office seldom are either."""
    mapping = mappings.load(EXAMPLE)
    told = mapping.columns.keys() | mapping.times.keys() | mapping.constants.keys()

    assert set(mappings.TEXTS) | set(mappings.MOMENTS) == told | {"sequence", "office_id"}


def test_the_centres_zone_is_meant_unless_another_is_told() -> None:
    told = {key: value for key, value in MAPPING.items() if key != "zone"}

    assert mappings.read(told).zone.key == "America/Toronto"


WRONG: list[tuple[Callable[[], dict[str, Any]], str]] = [
    (lambda: MAPPING | {"sorce": "x"}, "sorce is nothing that a mapping says"),
    (lambda: MAPPING | {"source": ""}, "source is missing"),
    (lambda: MAPPING | {"source": "x" * 31}, "at most 30 characters"),
    (lambda: MAPPING | {"source": "a\tb"}, "cannot be printed"),
    (lambda: MAPPING | {"source": "a\\b"}, "source is missing, or no text"),
    (lambda: MAPPING | {"encoding": "ebcdic"}, "encoding is none of"),
    (lambda: MAPPING | {"separator": ":"}, "separator is none of"),
    (lambda: MAPPING | {"zone": "Canada/Nowhere"}, "is no time zone"),
    (lambda: MAPPING | {"zone": "../etc/passwd"}, "is no time zone"),
    (lambda: MAPPING | {"zone": 5}, "is no time zone"),
    (lambda: MAPPING | {"time_format": "HH:MM"}, "time_format is neither"),
    (lambda: MAPPING | {"most_skew_seconds": True}, "most_skew_seconds is not"),
    (lambda: MAPPING | {"most_skew_seconds": 3601}, "most_skew_seconds is not"),
    (lambda: MAPPING | {"blank": "0"}, "blank is not a list"),
    (lambda: MAPPING | {"columns": []}, "columns is not a table"),
    (lambda: without("source_id", "columns"), "where source_id comes from"),
    (lambda: without("outcome", "columns"), "where outcome comes from"),
    (lambda: without("channel", "constants"), "where channel comes from"),
    (lambda: without("received_at", "times"), "where received_at comes from"),
    (lambda: with_("columns", agent="Agent"), "columns.agent is no field"),
    (lambda: with_("columns", line=["a"]), "columns.line is not a text"),
    (lambda: with_("times", line="Queue"), "times.line is no field"),
    (lambda: with_("times", ended_at=[]), "times.ended_at is neither"),
    (lambda: with_("constants", line="general"), "line has a column and a constant"),
    (lambda: with_("constants", channel="pigeon"), "constants.channel: 'pigeon' is none of"),
    (lambda: with_("constants", wrap_up_code="x" * 11), "constants.wrap_up_code is too long"),
    (lambda: with_("constants", office_id="seven"), "constants.office_id is not a whole number"),
    (lambda: with_("values", outcome={"A": "lost"}), "values.outcome: 'lost' is none of"),
    (lambda: with_("values", line="general"), "values.line is not a table"),
    (
        lambda: without("client", "columns") | {"constants": {"channel": "email", "client": "me"}},
        "they need a column",
    ),
]


@pytest.mark.parametrize(("told", "said"), WRONG)
def test_a_mapping_that_cannot_be_used_says_why(
    told: Callable[[], dict[str, Any]], said: str
) -> None:
    with pytest.raises(BadMapping) as bad:
        mappings.read(told())

    assert said in str(bad.value)
    assert "\n" not in str(bad.value)


@pytest.mark.parametrize("content", [b"source = ", b"\xff\xfe", b"<html>", b"\0"])
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(content)

    with pytest.raises(BadMapping, match="cannot be read"):
        mappings.load(path)
    with pytest.raises(BadMapping, match="cannot be read"):
        mappings.load(tmp_path / "none.toml")
