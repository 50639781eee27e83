"""Who is served next of those who wait for time on a day, with which time, and how it is offered.

The order is of class first, then of what an office has used of late for each hour of its allowance,
then of a draw (design of the capacity model, 2.6): credits without a currency. Fair-share schedulers
order jobs in the same way by decayed usage over share (Slurm's Fair Tree). Whether anything may be
had at all is asked of `admission.admit`, as for every other request. The numbers of an `OfferPolicy`
are defaults of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from hashlib import blake2b

from comptoir.domain import grid as grids
from comptoir.domain import nested
from comptoir.domain.admission import admit, offers
from comptoir.domain.periods import Period
from comptoir.domain.service_day import Admitted, Day, Request, Use
from comptoir.domain.share import Owed, Share, ShareClass

ORDER = (None, ShareClass.DIRECTED, ShareClass.GUARANTEED, ShareClass.ALLOTTED, ShareClass.OPEN)
"""Hours directed at an office come first: nobody of another class could have them."""

FINE = 2**32
"""Factors of decay are whole parts of this: far coarser than a float, so the same on every machine."""


class BadEntry(ValueError):
    """An entry must ask for one quarter hour or more, and for no less at most than at least."""


class NoNotice(ValueError):
    """Time that begins before an answer could be settled cannot be offered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the waiting list for a day: `least` to `most` quanta wholly within `window`.

    `number` is how the caller knows it. It wants `least_notice`, on top of what the rule asks for,
    and is booked without being asked first if `auto_accept`. `ledger` is what its office has used of
    late (see `ledger`), in quanta. It is served `first` where the centre took from its office what it
    had, or owed it a floor the day before. `declined` are quarter hours that it will not be offered again.
    """

    number: int
    office: int
    least: int
    most: int
    window: Period
    language: str
    filed_at: datetime
    least_notice: timedelta = timedelta(0)
    auto_accept: bool = False
    ledger: Fraction = Fraction(0)
    office_active: bool = True
    first: bool = False
    declined: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise BadEntry(f"An entry cannot ask for {self.least} to {self.most} quarter hours.")

    def request(self, quanta: int, start: int | None = None, seed: int = 0) -> Request:
        """What it asks of admission when it asks for this much."""
        active = self.office_active
        return Request(self.office, quanta, self.language, start, office_active=active, seed=seed)


@dataclass(frozen=True, slots=True)
class Match:
    """The time an entry can have: granted by `admit`, neither booked nor offered yet."""

    entry: Entry
    quanta: int
    admitted: Admitted

    @property
    def start(self) -> int:
        """The quarter hour of the day's grid at which it begins."""
        return self.admitted.start

    @property
    def professional(self) -> int:
        """Who gives it."""
        return self.admitted.professional


def match(day: Day, entries: Iterable[Entry], now: datetime, seed: int) -> Match | None:
    """Who is next, and with what; None when nobody who waits can have anything.

    An entry gets the most it can have and its class is that of what it gets: to ask for one quarter
    hour *or more* is no way to be served an hour before those who ask for the hour alone. Not everybody
    is asked: it goes in the order of the best place that each could have, until nobody left could have a
    better one than the best found.
    """
    filed = (entry for entry in entries if entry.filed_at <= now)
    in_turn = sorted((_best_place(day, entry, now, seed), entry.number, entry) for entry in filed)
    best: tuple[Place, Match] | None = None
    for bound, _, entry in in_turn:
        if best is not None and best[0] <= bound:
            break
        fit = _longest(day, entry, now, seed)
        if fit is not None:
            found = (_place(day, entry, fit.admitted.of_class, seed), fit)
            best = found if best is None else min(best, found, key=lambda one: one[0])
    return best[1] if best is not None else None


def _best_place(day: Day, entry: Entry, now: datetime, seed: int) -> Place:
    """Its place if it got the least it asks for, or hours that are directed at its office."""
    directed = any(entry.office in kept.offices for hours in day.hours for kept in hours.reserves)
    seen = day.seen_by(entry.office)
    of_class = nested.class_of(seen, entry.request(entry.least), now)
    lowest = ShareClass.DIRECTED if directed and of_class is not None else of_class
    return _place(day, entry, lowest, seed)


def _place(day: Day, entry: Entry, of_class: ShareClass | None, seed: int) -> Place:
    return place(entry, of_class, day.shares.get(entry.office, Share()).allowance, seed)


Place = tuple[bool, int, bool, Fraction, bytes, int]


def place(entry: Entry, of_class: ShareClass | None, allowance: int, seed: int) -> Place:
    """The key of an entry, the smallest served first: class, (ledger + 1) / (4 * allowance), a draw.

    Before all of them who is served `first`. An allowance of nought is the limit of small ones: last of its class, by the ledger alone.
    """
    used = entry.ledger + 1
    ratio = used / (4 * allowance) if allowance else used
    draw = _draw(seed, entry.number)
    return (not entry.first, ORDER.index(of_class), allowance == 0, ratio, draw, entry.number)


def in_order(day: Day, entries: Iterable[Entry], now: datetime, seed: int) -> list[Entry]:
    """The entries as they would be served if time for the longest each asks for came free now."""

    def key(entry: Entry) -> Place:
        seen = day.seen_by(entry.office)
        return _place(day, entry, nested.class_of(seen, entry.request(entry.most), now), seed)

    return sorted(entries, key=key)


def _longest(day: Day, entry: Entry, now: datetime, seed: int) -> Match | None:
    for quanta in range(entry.most, entry.least - 1, -1):
        wanted = _wanted(day, entry, quanta, now)
        if not _is_free(day, entry, quanta, wanted):
            continue
        left = offers(day, entry.request(quanta), now) & wanted
        if left:
            start = next(grids.indexes(left))
            answer = admit(day, entry.request(quanta, start, seed), now)
            assert isinstance(answer, Admitted), "what is offered is granted"
            return Match(entry, quanta, answer)
    return None


def _wanted(day: Day, entry: Entry, quanta: int, now: datetime) -> int:
    """The starts at which so much suits the entry, whoever has it."""
    near = grids.bits(0, day.grid.first_from(now + entry.least_notice))
    return grids.starts(day.grid.mask(entry.window) & ~entry.declined, quanta) & ~near


def _is_anywhere_free(day: Day, entry: Entry, now: datetime) -> bool:
    """Whether any length of it fits the free hours, whatever the rule says."""
    lengths = range(entry.least, entry.most + 1)
    return any(_is_free(day, entry, n, _wanted(day, entry, n, now)) for n in lengths)


def _is_free(day: Day, entry: Entry, quanta: int, wanted: int) -> bool:
    """Whether anybody has a free run there: on a full day that spares most of the longer question."""
    return any(
        grids.starts(hours.free_for(entry.office), quanta) & wanted
        for hours in day.hours
        if entry.language in hours.languages
    )


def _draw(seed: int, number: int) -> bytes:
    return blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()


# --- Afterwards --------------------------------------------------------------------------------


def granted(day: Day, office: int, quanta: int, admitted: Admitted) -> Day:
    """The day once the office has booked what it was granted, as it would be loaded then.

    Directed hours count in its use like any others.
    """
    taken = grids.bits(admitted.start, quanta)
    use, own = day.use.get(office, Use()), day.shares.get(office, Share())
    after = Use(use.day + quanta, use.week + quanta)
    return replace(
        day,
        hours=tuple(
            replace(hours, taken=hours.taken | taken)
            if hours.professional == admitted.professional
            else hours
            for hours in day.hours
        ),
        use={**day.use, office: after},
        owed=_owed_after(day.owed, own, use, after),
        shares={**day.shares, office: replace(own, held=own.held + quanta, owed=False)},
    )


def _owed_after(owed: Owed, own: Share, before: Use, after: Use) -> Owed:
    unclaimed = max(0, own.allowance - before.week) - max(0, own.allowance - after.week)
    chance = own.chance if own.owed else 0.0
    return replace(
        owed,
        offices=max(0, owed.offices - own.owed),
        mean=max(0.0, owed.mean - chance),
        variance=max(0.0, owed.variance - chance * (1 - chance)),
        allowances=max(0, owed.allowances - unclaimed),
    )


# --- Offers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferPolicy:
    """How long time is held for who waits: at most `longest_minutes` or one of `parts` of the notice.

    With less notice than `together_minutes` it is offered to all whom it fits at once, for
    `answer_seconds`, and goes to one drawn of those who accepted. Whatever is offered is settled
    `settle_seconds` before it begins. A ledger loses half of itself in `half_life_days`.
    """

    longest_minutes: int = 15
    parts: int = 4
    together_minutes: int = 30
    answer_seconds: int = 60
    half_life_days: int = 14
    settle_seconds: int = 120


@dataclass(frozen=True, slots=True)
class Offer:
    """Until when an offer stands, and whether others have it at the same time."""

    until: datetime
    together: bool


def offer(start: datetime, now: datetime, policy: OfferPolicy) -> Offer:
    """How time that starts at `start` is offered at `now`. Raises NoNotice if nobody could take it up."""
    notice = start - now
    last = start - timedelta(seconds=policy.settle_seconds)
    if last <= now:
        raise NoNotice(f"{start} is too soon after {now}.")
    if notice < timedelta(minutes=policy.together_minutes):
        return Offer(min(now + timedelta(seconds=policy.answer_seconds), last), together=True)
    hold = min(timedelta(minutes=policy.longest_minutes), notice / policy.parts)
    return Offer(min(now + hold, last), together=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """Time offered to one entry, or to several at the same time; each with what it would get of it."""

    offer: Offer
    matches: tuple[Match, ...]


def hand_out(
    day: Day, entries: Iterable[Entry], now: datetime, seed: int, policy: OfferPolicy
) -> list[Handed]:
    """Offer all that can be offered at `now`, one after the other, to nobody more than once.

    Who is booked without being asked has it alone, however short the notice is. Raises NoNotice if
    an entry would take time that begins at once.
    """
    waiting, found = list(entries), []
    while best := match(day, waiting, now, seed):
        made = offer(day.grid.instant(best.start), now, policy)
        made = replace(made, together=made.together and not best.entry.auto_accept)
        others = _rivals(day, best, waiting, now, seed) if made.together else []
        found.append(Handed(made, (best, *others)))
        asked = {one.entry.number for one in found[-1].matches}
        day = granted(day, best.entry.office, best.quanta, best.admitted)
        # Where nobody is free any more nobody becomes so by what others are offered.
        waiting = [e for e in waiting if e.number not in asked and _is_anywhere_free(day, e, now)]
    return found


def _rivals(
    day: Day, best: Match, entries: Iterable[Entry], now: datetime, seed: int
) -> list[Match]:
    """Whom else that very time fits, and how much of it."""
    found = []
    for entry in entries:
        if entry.number == best.entry.number or entry.filed_at > now:
            continue
        for quanta in range(min(entry.most, best.quanta), entry.least - 1, -1):
            request = replace(
                entry.request(quanta, best.start, seed), professional=best.professional
            )
            suits = _wanted(day, entry, quanta, now) >> best.start & 1
            if suits and isinstance(answer := admit(day, request, now), Admitted):
                found.append(Match(entry, quanta, answer))
                break
    return found


def drawn(accepted: Collection[int], seed: int) -> int | None:
    """Which of the entries (by number) that accepted gets it: each with equal chance, however fast."""
    return min(accepted, key=lambda number: (_draw(seed, number), number), default=None)


# --- The ledger --------------------------------------------------------------------------------


def ledger(charges: Mapping[date, int], on: date, policy: OfferPolicy) -> Fraction:
    """What an office has used before `on`: its charges by day, in quanta, halved by each half-life.

    Every night what is there decays by a day and the day's charges are added: those of the day
    before `on` count in full, those of `on` itself not yet. Exact and without a memory of its own,
    so that it can be recounted.
    """
    ages = {(on - day).days - 1: quanta for day, quanta in charges.items() if quanta and day < on}
    if not ages:
        return Fraction(0)
    # Over one denominator: integers are added far faster than fractions, and as exactly.
    most = max(ages) // policy.half_life_days
    terms = (
        quanta * _decay(age % policy.half_life_days, policy.half_life_days)
        << (most - age // policy.half_life_days)
        for age, quanta in ages.items()
    )
    return Fraction(sum(terms), FINE << most)


@cache
def _decay(days: int, half_life: int) -> int:
    """What is left after less than one half-life, in parts of `FINE`."""
    return round(FINE * 2 ** (-days / half_life))
