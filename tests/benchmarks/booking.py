"""Bookings a second: a bare view, the booking action, and the page, on one hot day and over ten days.

Each of 16 connections asks for half an hour at a stated time as soon as its last answer has come,
until every half hour of ten days was asked for once. On a hot day all ask for the same day at a
time, day after day; over ten days they ask in any order. The page is the form's POST as a browser
sends it: session, cross-site check, all middleware, redirect to the appointment. The bare view and
the action stand behind the usual middleware without a session. After every run the rows are
recounted: a figure with a wrong row is no figure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from comptoir.ui import clock
from tests.benchmarks import figures, ground, house
from tests.benchmarks.figures import Run
from tests.benchmarks.ground import Delegate, Ground, Slot

CONNECTIONS = 16
CSRF = "b" * 32
BOOKED = (201, 302)

Request = dict[str, Any]


def bare(slot: Slot, delegate: Delegate, seed: int) -> Request:
    """The least that is still fair."""
    asked = {"office": delegate.office, "day": slot.day, "unit": slot.unit}
    return {"method": "POST", "path": f"/book?{urlencode(asked)}"}


def action(slot: Slot, delegate: Delegate, seed: int) -> Request:
    """`book_appointment`, in a view with the bare project's middleware."""
    asked = {
        "office": delegate.office,
        "person": delegate.person,
        "start": slot.starts_at.isoformat(),
        "language": slot.language,
        "seed": seed,
    }
    return {"method": "POST", "path": f"/book?{urlencode(asked)}"}


def page(slot: Slot, delegate: Delegate, seed: int) -> Request:
    """The booking form, filled in and sent."""
    typed = {
        "csrfmiddlewaretoken": CSRF,
        "attempt": str(uuid.UUID(int=Random(seed).getrandbits(128), version=4)),
        "start": slot.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "minutes": 30,
        "language": slot.language,
        "mode": "telephone",
        "telephone": "613-555-0100",
        "cases-TOTAL_FORMS": 1,
        "cases-INITIAL_FORMS": 0,
        "cases-0-application_number": "S123456789",
        "cases-0-line_of_business": "study",
        "cases-0-question": "Classes begin in January. Can a decision be expected by then?",
        "cases-0-legal_basis": "consent",
        "cases-0-consent_signer": "A. Person",
        "cases-0-consent_signed_on": (clock.now() - timedelta(days=30)).date().isoformat(),
        "cases-0-consent_scope": "The study permit application",
    }
    return {
        "method": "POST",
        "path": f"/en/offices/{delegate.reference}/book/",
        "headers": {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={delegate.session}; csrftoken={CSRF}",
        },
        "body": urlencode(typed),
    }


@dataclass(frozen=True, slots=True)
class Way:
    """One way to book: what it is called, what serves it, how it is asked."""

    name: str
    application: str
    request: Callable[[Slot, Delegate, int], Request]


BARE = Way("bare view", "tests.benchmarks.bare.wsgi:application", bare)
ACTION = Way("book_appointment", "tests.benchmarks.thin.wsgi:application", action)
PAGE = Way("page", "comptoir.site.wsgi:application", page)
WAYS = (BARE, ACTION, PAGE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run, what it took of the processors, of connections and, in the end, of memory."""

    run: Run
    processor: float
    connections: int
    memory: list[tuple[str, float]]


def main(*, quick: bool) -> None:
    """Measure everything and print it."""
    made = ground.build()
    if quick:
        made = Ground(made.delegates, made.days[:2])
    repeats = 1 if quick else 3
    print(
        f"{house.PROCESSES} web processes x {house.THREADS} threads, {CONNECTIONS} connections, "
        f"{sum(map(len, made.days))} half hours on {len(made.days)} days, {os.cpu_count()} cores\n"
    )
    found: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for kind, hot in (("one hot day", True), ("ten days", False)):
        for _ in range(repeats):
            for way in WAYS:
                found[kind, way.name].append(measure(made, way, hot=hot))
    ground.play_slow_disk(slow=True)
    slow = "one hot day, commits wait 5 ms"
    for way in WAYS:
        found[slow, way.name].append(measure(made, way, hot=True))
    ground.play_slow_disk(slow=False)
    report(found)
    report_memory(found["ten days", PAGE.name][-1], made)


def measure(made: Ground, way: Way, *, hot: bool) -> Measured:
    """One run from an empty calendar, after a few bookings to warm up."""
    requests = [way.request(*pair, seed) for seed, pair in enumerate(pairs(made, hot=hot))]
    ground.forget_bookings()
    with house.serving(way.application) as (port, server):
        figures.load(port, CONNECTIONS, requests[::40])
        ground.forget_bookings()
        before = house.processor_seconds(server.pid)
        with watched() as seen:
            run = figures.load(port, CONNECTIONS, requests)
        processor = house.processor_seconds(server.pid) - before
        memory = house.megabytes(server.pid)
    wrong = ground.faults(len(run.with_status(*BOOKED)))
    if wrong:
        raise SystemExit(f"{way.name}: the rows are wrong after the run: {wrong[:3]}")
    return Measured(run, processor, max(seen, default=0), memory)


def pairs(made: Ground, *, hot: bool) -> list[tuple[Slot, Delegate]]:
    """Every slot once, a day's among all offices in turn, so that no limit is reached."""
    found = [
        (slot, made.delegates[number % len(made.delegates)])
        for slots in made.days
        for number, slot in enumerate(slots)
    ]
    return found if hot else Random(2).sample(found, len(found))


@contextmanager
def watched() -> Iterator[list[int]]:
    """Meanwhile, how many connections the web servers hold, five times a second."""
    seen: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            seen.append(ground.connections_of_servers())
        connections.close_all()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def report(found: dict[tuple[str, str], list[Measured]]) -> None:
    """The table, then the aims."""
    rows = []
    for (kind, name), measured in found.items():
        runs = [each.run for each in measured]
        base = median(each.run.rate(*BOOKED) for each in found[kind, BARE.name])
        rate = median(run.rate(*BOOKED) for run in runs)
        times = [run.with_status(*BOOKED) for run in runs]
        marks = [
            f"{1000 * median(figures.percentile(each, share) for each in times):.0f}"
            for share in (0.50, 0.95, 0.99)
        ]
        work = median(1000 * each.processor / len(each.run.seconds) for each in measured)
        rates = figures.spread([run.rate(*BOOKED) for run in runs])
        rows.append(
            (
                f"{kind}: {name}",
                rates,
                f"{rate / base:.2f}",
                *marks,
                f"{work:.1f}",
                runs[-1].counted(),
            )
        )
    head = ("", "bookings/s", "of bare", "p50 ms", "p95 ms", "p99 ms", "web CPU ms", "last answers")
    print(figures.table(head, rows), "\n")
    shares = {row[0]: (float(row[2]), float(row[5])) for row in rows}
    for kind in ("one hot day", "ten days"):
        for name in (ACTION.name, PAGE.name):
            share, worst = shares[f"{kind}: {name}"]
            print(figures.aim(f"{kind}, {name}, part of the bare view", share, least=0.3))
            print(figures.aim(f"{kind}, {name}, p99 in ms", worst, most=250))
    for name in (ACTION.name, PAGE.name):
        slow = found["one hot day, commits wait 5 ms", name][0].run.rate(*BOOKED)
        print(figures.aim(f"slow disk, one hot day, {name}, bookings/s", slow, least=100))
    most = max(each.connections for measured in found.values() for each in measured)
    print(figures.aim("most connections of the web processes", most, most=8))


def report_memory(after: Measured, made: Ground) -> None:
    """Memory of the web processes after a run, and of the job worker after it told everybody."""
    for title, size in after.memory:
        print(
            figures.aim(
                f"memory of {title} after {len(after.run.seconds)} bookings, MB", size, most=250
            )
        )
    told, memory = worked_off()
    for _title, size in memory:
        print(figures.aim(f"memory of the job worker after {told} notices, MB", size, most=250))


def worked_off() -> tuple[int, list[tuple[str, float]]]:
    """Run the job worker until nothing is due, at most a minute; what it sent and its memory."""
    worker = subprocess.Popen([sys.executable, "-m", "comptoir.site.command", "worker"])
    until = time.monotonic() + 60
    try:
        while ground.notices_due() and time.monotonic() < until:
            time.sleep(0.5)
        return ground.notices_sent(), house.megabytes(worker.pid)
    finally:
        worker.terminate()
        worker.wait(house.PATIENCE)
