"""The page that lists the times of two weeks, beside a page with one row, at 8,000 quarter hours.

One connection, one request after the other, the two pages in turn. The calendar is measured empty,
when every time is shown, and half full.
"""

from __future__ import annotations

from random import Random
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks import booking, figures, ground, house
from tests.benchmarks.ground import Delegate, Ground

ROUNDS = 6
REQUESTS = 50


def main() -> None:
    """Measure and print."""
    made = ground.build()
    ground.forget_bookings()
    delegate = made.delegates[0]
    empty = compare(delegate)
    queries = queries_of(delegate)
    fill_half(made)
    half = compare(delegate)
    rows = []
    for title, (one_row, times) in (("empty", empty), ("half full", half)):
        rows.append((f"{title} calendar, one-row page", *marks(one_row)))
        rows.append((f"{title} calendar, times of two weeks", *marks(times)))
    print(figures.table(("", "median ms", "p95 ms"), rows), "\n")
    for title, (one_row, times) in (("empty", empty), ("half full", half)):
        more = 1000 * (figures.percentile(times, 0.5) - figures.percentile(one_row, 0.5))
        print(figures.aim(f"{title} calendar, median above the one-row page, ms", more, most=25))
    print(figures.aim("queries of the page, session and person among them", len(queries), most=8))
    for query in queries:
        print(f"    {chr(32).join(query.split())[:110]}")


def compare(delegate: Delegate) -> tuple[list[float], list[float]]:
    """Sorted seconds of the one-row page and of the times page, taken in turn."""
    one_row: dict[str, Any] = {"method": "GET", "path": f"/page?office={delegate.office}"}
    cookie = {"Cookie": f"sessionid={delegate.session}"}
    times: dict[str, Any] = {"method": "GET", "path": path(delegate), "headers": cookie}
    found: tuple[list[float], list[float]] = ([], [])
    with (
        house.serving(booking.BARE.application) as (bare, _server),
        house.serving(booking.PAGE.application) as (product, _other),
    ):
        for number in range(ROUNDS + 1):
            for seconds, port, request in zip(
                found, (bare, product), (one_row, times), strict=True
            ):
                run = figures.load(port, 1, [request] * REQUESTS)
                if set(run.statuses) != {200}:
                    raise SystemExit(f"the pages did not answer: {run.counted()}")
                if number:  # the first round warms up
                    seconds.extend(run.seconds)
    return sorted(found[0]), sorted(found[1])


def path(delegate: Delegate) -> str:
    """Half an hour in the delegate's language."""
    return f"/en/offices/{delegate.reference}/times/?minutes=30&language={delegate.language}"


def queries_of(delegate: Delegate) -> list[str]:
    """Every query of one request for the page."""
    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = delegate.session
    client.get(path(delegate))
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path(delegate))
    if answer.status_code != 200:
        raise SystemExit(f"the page did not answer: {answer.status_code}")
    return [query["sql"] for query in captured]


def fill_half(made: Ground) -> None:
    """Book every second half hour."""
    pairs = booking.pairs(made, hot=True)
    chosen = Random(3).sample(pairs, len(pairs) // 2)
    requests = [booking.action(*pair, seed) for seed, pair in enumerate(chosen)]
    with house.serving(booking.ACTION.application) as (port, _server):
        figures.load(port, 8, requests)


def marks(ordered: list[float]) -> tuple[str, str]:
    """Median and 95th percentile in milliseconds."""
    return (
        f"{1000 * figures.percentile(ordered, 0.5):.1f}",
        f"{1000 * figures.percentile(ordered, 0.95):.1f}",
    )
