"""A working day in ten minutes: 10,400 enquiries come in, 120 agents pull and close them meanwhile.

Two in five of the enquiries come in the first third of the day, so that a backlog grows and is worked off. The
agents are shared out among as many processes as a small centre has for its pages, each with as many
connections, and pull, answer and wrap up by the actions that their pages call. A step's time is from the
moment somebody asks to the answer, the wait for a connection included; beside it stands what changing a
single row takes at the same time. Mail is queued and not sent. Totals that do not reconcile, or an
enquiry that was passed over, are no figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from random import Random

from django.db import connection

from comptoir.enquiries.models import Enquiry, State
from tests.benchmarks import figures, house
from tests.enquiries import day_sums, working_day
from tests.enquiries.working_day import Done, Plan

MINUTES = 10.0
A_MINUTE = 1040
AGENTS = 120
THINK = (3.0, 10.0)
"""Seconds from an open page to its answer, evenly: 120 agents close 18 a second at most; 17 come, and 21
in the morning.
"""

MORNING, OF_ALL = 1 / 3, 2 / 5
"""In this part of the day comes this part of the enquiries."""

HEAD_START = 5.0
"""Seconds in which the processes get ready."""

PULL, SAVE = 10.0, 20.0
"""Aims, ours: the 95th of a hundred, in single-row updates at the same time."""

NAMES = {"bare": "one row changed", "pull": "pull", "save": "save", "receive": "receive"}
MARKS = (0.50, 0.95, 0.99)


def main(*, minutes: float) -> None:
    """Measure and print."""
    agents = working_day.build(AGENTS)
    count = round(minutes * A_MINUTE)
    print(
        f"{count:,} enquiries in {minutes:g} min, {AGENTS} agents, {house.PROCESSES} processes x"
        f" {house.THREADS} connections, {os.cpu_count()} cores\n"
    )
    before, tables = _size(), _tables()
    done = _worked(agents, count, 60 * minutes)
    wrong = day_sums.differences(done)
    if wrong:
        raise SystemExit("the totals do not reconcile: " + "; ".join(wrong[:5]))
    _report_times(done)
    _report_order(done)
    _report_size(before, tables, len(done.received))


def _worked(agents: list[int], count: int, seconds: float) -> Done:
    """The day, by all processes."""
    arrivals = _arrivals(count, seconds)
    start = time.time() + HEAD_START
    plans = [
        Plan(agents[n :: house.PROCESSES], arrivals[n :: house.PROCESSES], start, seconds, THINK, n)
        for n in range(house.PROCESSES)
    ]
    command = [sys.executable, "-m", "tests.benchmarks.working_alone"]
    working = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in plans
    ]
    for process, plan in zip(working, plans, strict=True):
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(plan)))
        process.stdin.close()
    done = Done()
    for process in working:
        assert process.stdout is not None
        written = process.stdout.read()
        if process.wait():
            raise SystemExit("a process of the day failed: no figure")
        done.add(Done.of_json(json.loads(written)))
    return done


def _arrivals(count: int, seconds: float) -> list[float]:
    """At random moments, more of them in the morning."""
    rng, noon = Random(1), MORNING * seconds
    early = [rng.uniform(0, noon) for _ in range(round(OF_ALL * count))]
    return sorted([*early, *(rng.uniform(noon, seconds) for _ in range(count - len(early)))])


def _report_times(done: Done) -> None:
    ordered = {kind: sorted(done.seconds[kind]) for kind in NAMES}
    bare = ordered["bare"]
    rows, worst = [], {}
    for kind, name in NAMES.items():
        times = [figures.percentile(ordered[kind], share) for share in MARKS]
        ratios = [
            one / figures.percentile(bare, share) for one, share in zip(times, MARKS, strict=True)
        ]
        worst[kind] = ratios[1]
        rows.append(
            (
                name,
                f"{len(ordered[kind]):,}",
                *(f"{1000 * one:.1f}" for one in times),
                *(f"{ratio:.1f}" for ratio in ratios),
            )
        )
    head = ("", "times", "p50 ms", "p95 ms", "p99 ms", "of bare p50", "p95", "p99")
    print(figures.table(head, rows), "\n")
    print(f"Latest start of a receipt after its moment: {done.behind:.2f} s")
    print(figures.aim("p95 of pull, in single-row updates", worst["pull"], most=PULL))
    print(figures.aim("p95 of save, in single-row updates", worst["save"], most=SAVE), "\n")


def _report_order(done: Done) -> None:
    states = {state: Enquiry.objects.filter(state=state).count() for state in State}
    print(
        f"{len(done.received):,} received = {states[State.ANSWERED]:,} answered +"
        f" {states[State.WAITING]:,} waiting + {states[State.IN_HAND]:,} in hand; none lost, none answered"
        f" twice ({done.refused_twice:,} answers were sent a second time, and refused)"
    )
    now = max(take.ended for take in done.takes)
    waiting = Enquiry.objects.filter(state=State.WAITING).values_list("pk", flat=True)
    oldest = max((now - done.received[key] for key in waiting), default=0.0)
    print(
        f"{len(done.takes):,} pulls gave something; longest wait of what was taken"
        f" {day_sums.longest_wait(done):.1f} s, oldest still waiting {oldest:.1f} s"
    )
    over = len(day_sums.passed_over(done))
    print(figures.aim("passed over by a pull", over, most=0), "\n")


def _report_size(before: int, tables: dict[str, int], count: int) -> None:
    after, grown = _size(), _tables()
    print(
        f"database: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after,"
        f" {(after - before) / count:,.0f} bytes an enquiry; of these"
    )
    share = {name: (size - tables.get(name, 0)) / count for name, size in grown.items()}
    largest = sorted(share, key=lambda name: -share[name])[:8]
    print(", ".join(f"{name} {share[name]:,.0f}" for name in largest), "\n")


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _tables() -> dict[str, int]:
    """Bytes of every table with its indexes; a month of the ledger counts as the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(parent.relname, of.relname), sum(pg_total_relation_size(of.oid))"
            "  FROM pg_class of LEFT JOIN pg_inherits ON inhrelid = of.oid"
            "  LEFT JOIN pg_class parent ON parent.oid = inhparent"
            " WHERE of.relkind = 'r' GROUP BY 1"
        )
        return {name: int(size) for name, size in cursor.fetchall()}
