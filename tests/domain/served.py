"""What `waiting.match` comes to: each entry asked alone, and one entry served after the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from comptoir.domain import waiting
from comptoir.domain.service_day import Day
from comptoir.domain.share import Share
from comptoir.domain.waiting import Entry, Match, Place


def candidates(day: Day, entries: Iterable[Entry], now: datetime, seed: int) -> list[Match]:
    """What each entry could have if it were alone, in the order of their places."""

    def key(found: Match) -> Place:
        allowance = day.shares.get(found.entry.office, Share()).allowance
        return waiting.place(found.entry, found.admitted.of_class, allowance, seed)

    alone = (waiting.match(day, [entry], now, seed) for entry in entries)
    return sorted((found for found in alone if found is not None), key=key)


def matches(
    day: Day, entries: Iterable[Entry], now: datetime, seed: int
) -> tuple[list[Match], Day]:
    """Who is next, as if each took what it gets, until nobody can have more; and the day after that."""
    left, found = list(entries), []
    while best := waiting.match(day, left, now, seed):
        found.append(best)
        left.remove(best.entry)
        day = waiting.granted(day, best.entry.office, best.quanta, best.admitted)
    return found, day
