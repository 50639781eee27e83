"""How wishes are played through, one at a time, with chance in our hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from comptoir.demonstration.bookings import Play
from comptoir.demonstration.calendar import Calendar
from comptoir.demonstration.centre import PublishedDay
from comptoir.demonstration.demand import Wish
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import Admitted, ProfessionalHours, Reason, Refused
from comptoir.liaison.models import Happening, Side, Status
from tests.domain.rules import RULE

MONTREAL = ZoneInfo("America/Montreal")
ON = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 24, 9, tzinfo=MONTREAL)
DAY_BEFORE = NINE - timedelta(days=1)
EVENING = NINE + timedelta(hours=9)
OFFICE = 70

WISH = Wish(at=DAY_BEFORE, office=0, delegate=0, on=ON, quanta=2, language="en", wall=10 * 60)


class Rigged(Random):
    """Chance that always says the same."""

    def __init__(self, share: float, whole: int) -> None:
        super().__init__(1)
        self._share, self._whole = share, whole

    def random(self) -> float:
        return self._share

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return self._whole


def calendar(
    *, published_at: datetime = DAY_BEFORE - timedelta(days=10), taken: int = 0
) -> Calendar:
    """One day with one professional from 9:00 to 17:00."""
    hours = ProfessionalHours(3, frozenset({"en"}), 2**32 - 1, taken)
    day = PublishedDay(ON, 1, Grid(NINE, 32), published_at, (hours,), {3: 1})
    return Calendar({ON: day}, RULE, frozenset())


def play(days: Calendar, chance: Random, *wishes: Wish, until: datetime = EVENING) -> Play:
    played = Play(days, [MONTREAL], [OFFICE], chance)
    played.run(wishes, until)
    return played


def test_what_nothing_befalls_is_served_within_its_time() -> None:
    played = play(calendar(), Rigged(0.9, 30), WISH)

    (booking,) = played.bookings
    assert booking.status == Status.FINISHED
    assert booking.started_at is not None
    assert booking.finished_at is not None
    assert booking.starts_at <= booking.started_at < booking.finished_at <= booking.ends_at
    assert [event.kind for event in booking.events] == ["booked", "started", "finished"]


def test_the_nearest_time_to_the_one_preferred_is_booked() -> None:
    played = play(calendar(taken=0b111100), Rigged(0.9, 30), WISH)

    assert played.bookings[0].starts_at == NINE + timedelta(minutes=90)


def test_what_the_centre_cancels_never_counts_however_late() -> None:
    days = calendar()

    played = play(days, Rigged(0.999, 40), WISH)

    (booking,) = played.bookings
    (_booked, cancelled) = booking.events
    assert (cancelled.kind, cancelled.side) == (Happening.CANCELLED, Side.CENTRE)
    assert (cancelled.notice_minutes, cancelled.late_quanta) == (40, 0)
    week = days.weeks[OFFICE, MONDAY]
    assert (sum(week.booked), sum(week.late)) == (0, 0)


def test_what_an_office_gives_up_at_the_last_minute_counts_and_is_free_at_once() -> None:
    days = calendar()
    cancelling = replace(WISH, gives_up_late=True)
    afterwards = replace(WISH, at=NINE + timedelta(minutes=50), quanta=1)

    played = play(days, Rigged(0.02, 5), cancelling, afterwards)

    first, second = played.bookings
    assert first.status == Status.CANCELLED
    assert first.events[-1].late_quanta == 2
    assert sum(days.weeks[OFFICE, MONDAY].late) >= 2
    assert second.events[0].at < NINE + timedelta(hours=1)


def test_what_is_given_up_late_for_a_reason_that_excuses_does_not_count() -> None:
    days = calendar()

    played = play(days, Rigged(0.03, 5), replace(WISH, gives_up_late=True))

    (cancelled,) = (each for each in played.bookings[0].events if each.reason)
    assert cancelled.reason == "chamber"
    assert (cancelled.late_quanta, cancelled.excused_quanta) == (0, 2)
    assert sum(days.weeks[OFFICE, MONDAY].late) == 0


def test_nobody_comes_and_the_time_counts() -> None:
    days = calendar()

    played = play(days, Rigged(0.975, 5), WISH)

    assert played.bookings[0].status == Status.NO_SHOW
    assert days.weeks[OFFICE, MONDAY].late == [0, 2, 0, 0, 0, 0, 0]
    assert played.bookings[0].events[-1].side == Side.OFFICE


def test_a_day_not_yet_published_is_not_asked_for() -> None:
    played = play(calendar(published_at=DAY_BEFORE + timedelta(hours=1)), Rigged(0.9, 5), WISH)

    assert not played.decisions
    assert not played.bookings


def test_an_office_at_its_limit_is_refused_and_nothing_is_taken() -> None:
    days = calendar()
    wishes = [replace(WISH, at=DAY_BEFORE + timedelta(minutes=n), quanta=4) for n in range(2)]

    played = play(days, Rigged(0.1, 5), *wishes, until=DAY_BEFORE + timedelta(minutes=5))

    first, second = (decided.answer for decided in played.decisions)
    assert isinstance(first, Admitted)
    assert isinstance(second, Refused)
    assert second.reason is Reason.DAY_LIMIT
    assert len(played.bookings) == 1


def test_the_cast_asks_even_where_nothing_is_offered_for_the_hour_it_would_like() -> None:
    wishes = [
        replace(WISH, at=DAY_BEFORE + timedelta(minutes=n), quanta=4, sure=True) for n in range(2)
    ]

    played = play(calendar(), Rigged(0.9, 5), *wishes, until=DAY_BEFORE + timedelta(minutes=5))

    assert len(played.bookings) == 1
    assert isinstance(played.decisions[1].answer, Refused)
    assert played.decisions[1].starts_at == NINE + timedelta(hours=1)


def test_what_would_happen_after_now_does_not_happen() -> None:
    played = play(calendar(), Rigged(0.9, 30), WISH, until=NINE)

    assert played.bookings[0].status == Status.BOOKED
    assert len(played.bookings[0].events) == 1


def test_admission_that_gave_what_was_not_free_would_be_noticed() -> None:
    days = calendar(taken=1)

    with pytest.raises(AssertionError, match="not free"):
        days.take(ON, 3, 0, 1, OFFICE)
