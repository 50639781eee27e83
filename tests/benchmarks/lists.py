"""Lists of enquiries at 20,000 and at 2,000,000: how long a page takes, and how much longer at the end.

First as many are open as come in half a day, and all else is answered; then two years of answered ones
lie behind; then ten days' work is open. Each size is a database of its own, and they are measured turn
about. A page is asked for as a browser does, signed in, in this process. Beside enquiries, their clocks,
texts and referrals the tables are empty. A page without a list says how steady the machine is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.models import Enquiry, State, Tag
from comptoir.enquiries.queries import places
from comptoir.people.models import Person, Role
from comptoir.ui import clock
from tests.benchmarks import figures, many
from tests.benchmarks.many import OPEN, Ground, Stretch
from tests.enquiries.factories import OFFICES, PUBLIC, agent, line_of
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

FEW, MANY = 20_000, 2_000_000
OPEN_ALWAYS, A_DAY = 5_000, 10_400
OPEN_MORE = 95_000
AGENTS = 120
RARE = 40
"""Enquiries on a line that was open long ago for a while."""

NO_LIST = "(a page without a list)"
NAME = "Marie bcdefz"
"""Of one asker among 20,000 and of three among 2,000,000; its first word is everybody's."""

RARE_TAG = "all, a rare tag"
NO_AIM = (NO_LIST, RARE_TAG)
"""Of a rare tag all is passed over that came between: the more, the older they are. It is shown, without an aim."""

ROUNDS, REPEATS = 5, 3
SIZES = ("few", "many", "open")
AIM = 1.5

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A list as somebody opens it."""

    name: str
    client: Client
    address: str


def main(*, most: int) -> None:
    """Measure and print."""
    now = clock.now()
    usual, old = _build()
    pages = _pages(usual, now)
    print(f"lists at {FEW:,} and at {most:,} enquiries, {os.cpu_count()} cores\n")
    many.write(old, Stretch(RARE, now - 600 * DAY, now - 590 * DAY, [State.ANSWERED]))
    for size, stretches in zip(SIZES, _sizes(now, most), strict=True):
        begin = time.perf_counter()
        for stretch in stretches:
            many.write(usual, stretch)
        many.settle()
        print(f"{size}: {_counted()}, written in {time.perf_counter() - begin:.0f} s")
        many.clone(size)
    print()
    _report(pages, _measured(pages))


def _measured(pages: Sequence[Page]) -> list[list[float]]:
    """The middle of each page's seconds at each size."""
    times = {(page, size): list[float]() for page in pages for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            many.use(size)
            for page in pages:
                times[page, size] += _seconds(page)
    return [[median(times[page, size]) for page in pages] for size in SIZES]


def _build() -> tuple[Ground, Ground]:
    """The lines and who answers, now and long ago."""
    lines = [line_of(PUBLIC), line_of(OFFICES, "legislators")]
    old = line_of("long-ago")
    for code in ("often", "rare"):
        Tag.objects.create(code=code, name_en=code, name_fr=f"{code} (fr)")
    people = [agent(lines=lines).person.pk for _ in range(AGENTS)]
    return Ground(lines[0].pk, lines[1].pk, people), Ground(old.pk, old.pk, people)


def _sizes(now: datetime, most: int) -> Iterator[list[Stretch]]:
    """What is written for each size, behind what is there."""
    today = clock.midnight(clock.service_date(now), clock.service_zone())
    done = [State.ANSWERED]
    before = now - 20 * DAY, now - 10 * DAY
    yield [
        Stretch(FEW - OPEN_ALWAYS - A_DAY, *before, done, (now - 10 * DAY, now - 5 * DAY)),
        Stretch(A_DAY, now - 5 * DAY, now - 4 * DAY, done, (today, now)),
        Stretch(OPEN_ALWAYS, now - 9 * DAY, now, OPEN),
    ]
    years = now - 730 * DAY, now - 20 * DAY
    yield [Stretch(most - FEW, *years, done, (now - 720 * DAY, now - 10 * DAY))]
    yield [Stretch(OPEN_MORE, now - 9 * DAY, now, [State.WAITING])]


def _pages(ground: Ground, now: datetime) -> list[Page]:
    """Every list, as it is opened and as it is narrowed."""
    first = Person.objects.get(pk=ground.people[0])
    lead, who = sign_in(Client(), person_with(Role.TEAM_LEAD)), sign_in(Client(), first)
    year_ago, yesterday = places.name(now - 365 * DAY, 1), clock.service_date(now - DAY)
    asked: list[tuple[str, Client, str, dict[str, Any]]] = [
        (NO_LIST, lead, "hours", {}),
        ("work", who, "work", {}),
        ("all", lead, "all", {}),
        ("all, a year ago", lead, "all", {"after": year_ago}),
        ("all, waiting", lead, "all", {"state": "waiting"}),
        ("all, one line", lead, "all", {"line": OFFICES}),
        ("all, a line of long ago", lead, "all", {"line": "long-ago"}),
        ("all, French", lead, "all", {"language": "fr"}),
        ("all, French and in hand", lead, "all", {"language": "fr", "state": "in_hand"}),
        ("all, one agent", lead, "all", {"assignee": first.pk}),
        ("all, of yesterday", lead, "all", {"first_on": yesterday, "last_on": yesterday}),
        ("all, a tag of every twentieth", lead, "all", {"tags": "often"}),
        (RARE_TAG, lead, "all", {"tags": "rare"}),
        ("all, of a name", _looking_for(NAME), "all", {}),
        ("late", who, "late", {}),
        ("late, one line", who, "late", {"line": OFFICES}),
        ("known by no rule", who, "unmatched", {}),
        ("referrals", who, "referrals", {}),
        ("referrals, late", who, "referrals", {"show": "late"}),
        ("referrals, mine", who, "referrals", {"show": "mine"}),
        ("referrals, closed", who, "referrals", {"show": "closed"}),
    ]
    return [
        Page(name, client, f"{reverse(f'enquiries:{view}')}?{urlencode(query)}")
        for name, client, view, query in asked
    ]


def _looking_for(words: str) -> Client:
    """Somebody whose list shows what was found by these words: they stay in the session."""
    client = sign_in(Client(), person_with(Role.TEAM_LEAD))
    client.post(reverse("enquiries:all"), {"q": words}, HTTP_HOST="localhost")
    return client


def _seconds(page: Page) -> list[float]:
    """Of a few times, after one to warm up."""
    times = []
    for _ in range(1 + REPEATS):
        begin = time.perf_counter()
        answer = page.client.get(page.address, HTTP_HOST="localhost")
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise SystemExit(f"{page.name} answered {answer.status_code}: no figure")
    return times[1:]


def _counted() -> str:
    enquiries, still = Enquiry.objects.count(), Enquiry.objects.open().count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return f"{enquiries:,} enquiries, {still:,} of them open, {size / 1e6:,.0f} MB"


def _report(pages: Sequence[Page], found: Sequence[Sequence[float]]) -> None:
    few, lots, opened = found
    rows, worst = [], (0.0, 0.0)
    for page, *times in zip(pages, few, lots, opened, strict=True):
        ratios = times[1] / times[0], times[2] / times[0]
        if page.name not in NO_AIM:
            worst = max(worst[0], ratios[0]), max(worst[1], ratios[1])
        milliseconds = [f"{1000 * one:.1f}" for one in times]
        rows.append((page.name, *milliseconds, *(f"{ratio:.2f}" for ratio in ratios)))
    head = ("", "few ms", "many ms", "open ms", "many by few", "open by few")
    print(figures.table(head, rows), "\n")
    print(figures.aim("slowest list, many by few", worst[0], most=AIM))
    print(figures.aim("slowest list, with many open too", worst[1], most=AIM), "\n")
