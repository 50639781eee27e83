"""Which living processes belong to one embedded server, told by the name in their titles.

Titles can be read without any right over the process, which a working directory cannot: root in an
ordinary container may not look at other accounts' processes. A zombie has no title, hence is never
counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PAUSE = 0.02
"""Seconds between two looks at a condition."""


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Wait for a condition, at most so long; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def of_cluster(cluster: str) -> list[int]:
    """The process ids of the server's living processes, the first one and its children."""
    return [
        pid
        for pid, title in titles()
        if cluster in title and "postgres" in title.split("\0")[0].split(" ")[0]
    ]


def titles() -> Iterator[tuple[int, str]]:
    if sys.platform != "linux":
        yield from _titles_told_by_ps()
        return
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                title = Path("/proc", entry, "cmdline").read_bytes()
            except OSError:  # it ended meanwhile
                continue
            yield int(entry), os.fsdecode(title)


def _titles_told_by_ps() -> Iterator[tuple[int, str]]:
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        pid, _, title = line.strip().partition(" ")
        yield int(pid), title.strip()
