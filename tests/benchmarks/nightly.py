"""What is done every night, and one round of the waiting list, at 448 offices and ten days nearly full.

Nineteen of twenty half hours of ten days are booked through the action, and half a year like them lies
behind. Each work is timed beside a bare pass: the same rows fetched with plain statements, nothing done
with them. What a work writes is undone before it is timed again, except for the waiting list, whose
first round offers and whose second finds nothing left to do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from django.db import connection, transaction

from comptoir.domain.business_days import ONE_DAY, monday_of
from comptoir.liaison import jobs
from comptoir.liaison.actions import booking as bookings
from comptoir.liaison.actions import counting, projecting
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.models import (
    Allowance,
    Mode,
    Offer,
    WaitingEntry,
)
from comptoir.liaison.queries import days as day_queries
from comptoir.liaison.queries import needs
from comptoir.people.models import Office, Person
from comptoir.ui import clock
from tests.benchmarks import booking, figures, ground, history
from tests.benchmarks.ground import Delegate, Ground, Slot

FULL = 0.95
WAITING = 200
REPEATS = 3
AIM = 5.0
"""Seconds for the recount and the projection together."""

CASE = Case(
    line_of_business="study",
    question="Classes begin in January. Can a decision be expected by then?",
    legal_basis="consent",
    application_number="S123456789",
    consent_signer="Benchmark",
    consent_signed_on=(clock.now() - timedelta(days=30)).date(),
    consent_scope="The application",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of a work and of the bare pass over its rows, and how many these are."""

    name: str
    seconds: Sequence[float]
    bare: Sequence[float]
    rows: int


def main() -> None:
    """Measure everything and print it."""
    made = ground.build()
    booked = fill(made)
    appointments = history.repeat()
    ground.nest(True)
    now = clock.now()
    print(
        f"{Office.objects.count()} offices, {booked} half hours booked on {len(made.days)} days, "
        f"{appointments} appointments in all, {os.cpu_count()} cores\n"
    )
    night = [recount(now), projection(now)]
    waiting = rounds(made, now)
    rows = [
        (
            one.name,
            f"{median(one.seconds):.2f}",
            f"{median(one.bare):.2f}",
            ratio(one),
            f"{one.rows}",
        )
        for one in (*night, *waiting)
    ]
    print(figures.table(("", "s", "bare pass s", "times bare", "rows"), rows), "\n")
    seconds = sum(median(one.seconds) for one in night)
    print(figures.aim("recount and projection together, s", seconds, most=AIM))


def fill(made: Ground) -> int:
    """Book nearly all half hours of the days through the action, under the simple rule."""
    ground.nest(False)
    rules = day_queries.load_rules()
    people, offices = Person.objects.in_bulk(), Office.objects.in_bulk()
    pairs = booking.pairs(made, hot=True)
    chosen = Random(3).sample(pairs, int(FULL * len(pairs)))
    booked = 0
    for seed, (slot, delegate) in enumerate(chosen):
        # Where nobody of the language is free any more, as happens to a few, it stays free.
        with suppress(bookings.NotAdmitted):
            bookings.book_appointment(
                office=offices[delegate.office], wish=_wish(slot), cases=[CASE],
                by=people[delegate.person], now=clock.now(), seed=seed, rules=rules,
            )  # fmt: skip
            booked += 1
    return booked


def _wish(slot: Slot) -> bookings.Wish:
    return bookings.Wish(slot.starts_at, 30, slot.language, Mode.TELEPHONE, "613-555-0100")


def recount(now: datetime) -> Measured:
    """Every counter and every claim of the weeks that the job looks at."""

    def work() -> None:
        if counting.check(back=jobs.RECOUNTED, now=now) != ([], []):
            raise SystemExit("the rows are wrong: no figure")

    since = clock.midnight(
        monday_of(clock.service_date(now - jobs.RECOUNTED)), clock.service_zone()
    )
    bare: list[tuple[str, list[Any]]] = [
        ("SELECT office_id, status, starts_at, ends_at FROM liaison_appointment"
         " WHERE starts_at >= %s", [since]),
        ("SELECT appointment_id FROM liaison_claim WHERE starts_at >= %s", [since]),
        ("SELECT appointment_id, from_starts_at, late_quanta FROM liaison_appointmentevent"
         " WHERE from_starts_at >= %s AND late_quanta <> 0", [since]),
        ("SELECT office_id, week, booked, late FROM liaison_officeweek WHERE week >= %s",
         [since.date()]),
    ]  # fmt: skip
    return measure("recount of every counter", work, bare)


def projection(now: datetime) -> Measured:
    """The chances of tomorrow, written and undone; of Tuesday, where tomorrow is a Monday."""
    today = clock.service_date(now)
    if (today + ONE_DAY).weekday() == 0:
        now, today = now + ONE_DAY, today + ONE_DAY

    def work() -> None:
        with transaction.atomic():
            if projecting.project(now=now) is None:
                raise SystemExit("nothing was projected: no figure")
            transaction.set_rollback(True)

    first = monday_of(today) - timedelta(weeks=needs.WEEKS)
    zone = clock.service_zone()
    between = [clock.midnight(first, zone), clock.midnight(today, zone)]
    bare: list[tuple[str, list[Any]]] = [
        ("SELECT office_id, starts_at FROM liaison_appointment"
         " WHERE starts_at >= %s AND starts_at < %s", between),
        (f"SELECT * FROM {Allowance._meta.db_table}", []),
    ]  # fmt: skip
    return measure("chances of tomorrow", work, bare)


def rounds(made: Ground, now: datetime) -> list[Measured]:
    """Two rounds for offices that all wait for any of the days."""
    for delegate in made.delegates[:WAITING]:
        _waits(delegate, made, now)
    bare: list[tuple[str, list[Any]]] = [
        ("SELECT * FROM liaison_waitingentry WHERE ended_at IS NULL", []),
        ("SELECT hours.*, (SELECT bit_or(claim.bit) FROM liaison_claim claim"
         " WHERE claim.hours_id = hours.id) FROM roster_offeredhours hours"
         " JOIN roster_serviceday day ON day.id = hours.day_id WHERE day.on > %s",
         [clock.service_date(now)]),
        ("SELECT * FROM liaison_officeweek", []),
    ]  # fmt: skip
    first = measure("first round of the list", jobs.see_to_the_waiting_list, bare, repeats=1)
    offers = Offer.objects.count()
    if not offers:
        raise SystemExit("nothing was offered: no figure")
    second = measure("a round without news", jobs.see_to_the_waiting_list, bare)
    print(f"{WAITING} wait, {offers} were offered something\n")
    return [first, second]


def _waits(delegate: Delegate, made: Ground, now: datetime) -> None:
    """On the list since just now, so that nothing has been offered yet."""
    dates = [clock.service_date(slots[0].starts_at) for slots in made.days]
    WaitingEntry.objects.create(
        office_id=delegate.office, person_id=delegate.person, filed_at=now,
        first_on=dates[0], last_on=dates[-1], from_time="06:00", until_time="20:00",
        least_quanta=1, most_quanta=2, language=delegate.language, least_notice_minutes=0,
        auto_accept=False, mode=Mode.TELEPHONE, telephone="613-555-0100", cases=[],
    )  # fmt: skip


def measure(
    name: str,
    work: Callable[[], None],
    bare: Sequence[tuple[str, Sequence[Any]]],
    repeats: int = REPEATS,
) -> Measured:
    """A work and the bare pass over its rows, turn about."""
    seconds, passes, rows = [], [], 0
    for _ in range(repeats):
        begin = time.perf_counter()
        rows = sum(len(_fetched(*one)) for one in bare)
        middle = time.perf_counter()
        work()
        passes.append(middle - begin)
        seconds.append(time.perf_counter() - middle)
    return Measured(name, seconds, passes, rows)


def _fetched(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def ratio(one: Measured) -> str:
    """How many bare passes the work is."""
    return f"{median(one.seconds) / median(one.bare):.1f}"
