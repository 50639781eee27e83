"""Invented call records of a month, as a call system writes them, and the mapping that reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from comptoir.ledger.importing import mappings
from comptoir.ledger.importing.mappings import Mapping

HEADER = (
    "Call ID,Queue,Caller,Language,Started,Queued,Answered,Left,Ended,Disposition,Agent,Wrap-up"
)
FIRST = datetime(2026, 9, 30, 23, 50)  # noqa: DTZ001 - wall time, as in the file
SECONDS = 31 * 24 * 3600
CLIENTS = 400_000

MAPPING: Mapping = mappings.read(
    {
        "source": "benchmark",
        "zone": "America/Toronto",
        "time_format": "%Y-%m-%d %H:%M:%S",
        "columns": {
            "source_id": "Call ID",
            "line": "Queue",
            "client": "Caller",
            "language": "Language",
            "outcome": "Disposition",
            "wrap_up_code": "Wrap-up",
        },
        "times": {
            "received_at": "Started",
            "offered_at": ["Queued", "Answered"],
            "answered_at": "Answered",
            "abandoned_at": "Left",
            "ended_at": "Ended",
        },
        "constants": {"channel": "telephone"},
        "values": {
            "outcome": {
                "ANS": "answered",
                "HANG": "abandoned",
                "BUSY": "blocked",
                "IVR": "self_served",
            },
            "language": {"E": "en", "F": "fr"},
        },
    }
)


def write(path: Path, count: int) -> Path:
    """So many records, in the order of their receipt; one in a thousand cannot be imported."""
    rng = Random(count)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        for number in range(count):
            file.write(_record(number, count, rng))
    return path


def _record(number: int, count: int, rng: Random) -> str:
    at = FIRST + timedelta(seconds=number * SECONDS // count)
    head = f"c{number:09},general,613{2_000_000 + rng.randrange(CLIENTS)},{rng.choice('EEF')},{at}"
    left = at + timedelta(seconds=rng.randrange(20, 900))
    draw = rng.random()
    if draw < 0.001:
        return f"{head},soon,,,,ANS,,\n"
    if draw < 0.2:
        return f"{head},,,,{at},BUSY,,\n"
    if draw < 0.4:
        return f"{head},,,,{left},IVR,,\n"
    queued = at + timedelta(seconds=15)
    if draw < 0.7:
        return f"{head},{queued},,{left},{left},HANG,,\n"
    ended = left + timedelta(seconds=rng.randrange(900))
    return (
        f"{head},{queued},{left},{left},{ended},ANS,a{rng.randrange(300)},12{rng.randrange(1, 4)}\n"
    )
