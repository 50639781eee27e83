"""What offices wish for, and when they ask: the input of the booking simulation, drawn from a seed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from comptoir.demonstration.centre import Dates
from comptoir.demonstration.offices import ENGLISH_OFFICE, FRENCH_OFFICE, Demand
from comptoir.demonstration.scale import Scale
from comptoir.domain import business_days
from comptoir.people.models import Language, Office

LENGTHS = ((1, 2, 3, 4), (18, 42, 18, 22))
"""Quarter hours and how often each length is asked for, in a hundred."""

LEADS = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), (36, 19, 12, 9, 7, 5, 4, 3, 2, 2, 1))
"""Business days ahead and how often, in a hundred."""

ASKED_SHARE = 1.2
"""What is asked for in a day, as a part of what the patterns offer; not all of it fits."""

BEFORE = timedelta(days=14)
"""How long before the first day offices begin to ask for it."""

MOST_ASKED = 2.2
"""In quarter hours a day and office: in a small world there are more hours than wishes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One request, at one moment, as an office's delegate makes it.

    `wall` is the time of day preferred at the office, in minutes. A sure wish is one of the cast's:
    it is neither moved nor given up, and asked for even where the page offers nothing. `cases` is their number, or 0 for as many as fit.
    """

    at: datetime
    office: int
    delegate: int
    on: date
    quanta: int
    language: str
    wall: int
    gives_up_late: bool = False
    sure: bool = False
    cases: int = 0


def wishes(
    scale: Scale,
    offices: Sequence[Office],
    teams: Sequence[int],
    demands: Sequence[Demand],
    dates: Dates,
    rng: Random,
    *,
    now: datetime,
) -> list[Wish]:
    """Everything asked for until `now`, in the order of asking. `teams` are numbers of people."""
    total = sum(demand.weight for demand in demands)
    asked = min(scale.quanta_a_day * ASKED_SHARE, len(offices) * MOST_ASKED)
    mean = sum(length * share for length, share in zip(*LENGTHS, strict=True)) / 100
    cast = {ENGLISH_OFFICE, FRENCH_OFFICE}
    days = business_days.between(dates.first - BEFORE, dates.last, dates.closed)
    found: list[Wish] = []
    for index, on in enumerate(days):
        if on > dates.today:
            break
        for number, (office, demand) in enumerate(zip(offices, demands, strict=True)):
            rate = asked / mean * demand.weight / total
            if office.reference in cast:
                rate = min(rate, 0.3)
            for _ in range(_poisson(rate, rng)):
                found += _ask(number, office, teams[number], demand, days[index:], rng)
    found = [
        wish
        for wish in found
        if wish.at <= now and (offices[wish.office].reference not in cast or wish.on < dates.today)
    ]
    found += _of_the_cast(offices, dates, now)
    return sorted(found, key=lambda wish: (wish.at, wish.office, wish.on, wish.wall))


def _ask(
    number: int, office: Office, team: int, demand: Demand, ahead: list[date], rng: Random
) -> Iterator[Wish]:
    """One moment of asking; who gives up late asks for several times of one day at once."""
    lead = rng.choices(*LEADS)[0]
    if lead >= len(ahead):
        return
    zone = ZoneInfo(office.time_zone)
    at = datetime.combine(ahead[0], time(8, 30), zone) + timedelta(
        minutes=rng.triangular(0, 480, 120), seconds=rng.randrange(60)
    )
    wall = int(rng.triangular(8 * 60, 17 * 60, 10.5 * 60))
    if lead == 0:
        wall = max(wall, (at.hour + 1) * 60)
    several = 3 if demand.gives_up_late and rng.random() < 0.5 else 1
    for each in range(several):
        yield Wish(
            at=at.replace(microsecond=0) + timedelta(minutes=3 * each),
            office=number,
            delegate=rng.randrange(team),
            on=ahead[lead],
            quanta=1 if several > 1 else rng.choices(*LENGTHS)[0],
            language=_language(office, rng),
            wall=wall + 30 * each,
            gives_up_late=demand.gives_up_late and rng.random() < 0.4,
        )


def _language(office: Office, rng: Random) -> str:
    other = Language.ENGLISH if office.language == Language.FRENCH else Language.FRENCH
    return office.language if rng.random() < 0.96 else other


def _of_the_cast(offices: Sequence[Office], dates: Dates, now: datetime) -> Iterator[Wish]:
    """What a visitor finds: cases answered and to come, an office at its daily limit, and that one more
    time was refused there (asked for a minute later, beyond the limit that the first has used up).
    """
    past = [on for on in dates.open if on < dates.today]
    ahead = [on for on in dates.open if on > dates.today]
    plans = {
        ENGLISH_OFFICE: [(past[-1], 3, 3, 10), (ahead[0], 2, 2, 10), (ahead[3], 3, 3, 13)],
        FRENCH_OFFICE: [
            (past[-2], 2, 2, 11),
            (ahead[0], 4, 4, 14),
            (ahead[0], 2, 2, 10),
            (ahead[2], 1, 1, 9),
        ],
    }
    for number, office in enumerate(offices):
        for minute, (on, quanta, cases, hour) in enumerate(plans.get(office.reference, [])):
            earlier = [day for day in past if day < on][-3:]
            asked_on = earlier[0] if earlier else past[0]
            yield Wish(
                at=datetime.combine(asked_on, time(9, 5 + minute), ZoneInfo(office.time_zone)),
                office=number,
                delegate=1,
                on=on,
                quanta=quanta,
                language=office.language,
                wall=hour * 60,
                sure=True,
                cases=cases,
            )


def _poisson(mean: float, rng: Random) -> int:
    """A draw from the Poisson distribution, by multiplication; means here are small."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count
