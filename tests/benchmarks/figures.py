"""Figures and how they are printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.benchmarks import house


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the load gave."""

    wall: float
    seconds: Sequence[float]
    statuses: Sequence[int]

    def with_status(self, *wanted: int) -> list[float]:
        """The seconds of the answers with one of these statuses, shortest first."""
        pairs = zip(self.seconds, self.statuses, strict=True)
        return sorted(seconds for seconds, status in pairs if status in wanted)

    def rate(self, *wanted: int) -> float:
        """Answers with one of these statuses in a second."""
        return len(self.with_status(*wanted)) / self.wall

    def counted(self) -> str:
        """How many answers there were of each status."""
        return ", ".join(f"{n} x {status}" for status, n in sorted(Counter(self.statuses).items()))


def load(port: int, connections: int, requests: Iterable[Mapping[str, Any]]) -> Run:
    """Put the requests to the server from a process of its own."""
    plan = {"host": house.HOST, "port": port, "connections": connections}
    lines = "\n".join(json.dumps(line) for line in [plan, *requests])
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the load failed: {done.stderr}")
    return Run(**json.loads(done.stdout))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of the ordered values do not exceed."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def spread(values: Sequence[float]) -> str:
    """Median, with the least and the greatest of several runs."""
    if len(values) == 1:
        return f"{values[0]:.0f}"
    return f"{median(values):.0f} ({min(values):.0f}-{max(values):.0f})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as they must be."""
    every = [head, *rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in every
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def aim(words: str, value: float, least: float | None = None, most: float | None = None) -> str:
    """One aim with what was reached."""
    reached = (least is None or value >= least) and (most is None or value <= most)
    limit = f"at least {least:g}" if least is not None else f"at most {most:g}"
    return f"{'reached' if reached else 'MISSED ':7}  {words}: {value:.2f} ({limit})"
