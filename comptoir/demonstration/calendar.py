"""The state of the world's service days while it is made: what is taken, and the offices' counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from comptoir.demonstration.centre import PublishedDay
from comptoir.domain import business_days, grid
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Day, ProfessionalHours, Use
from comptoir.ui import clock


class Week:
    """One office's use of one week by weekday, in quanta."""

    __slots__ = ("booked", "late")

    def __init__(self) -> None:
        self.booked = [0] * 7
        self.late = [0] * 7

    def use(self, weekday: int) -> Use:
        """What the sharing rule looks at."""
        return Use(
            day=self.booked[weekday] + self.late[weekday],
            week=sum(self.booked) + sum(self.late),
        )


class Calendar:
    """Every published day, changed only through `take` and `give_back`."""

    def __init__(
        self,
        published: Mapping[date, PublishedDay],
        rule: SharingRule,
        closed: frozenset[date],
    ) -> None:
        self.published = published
        self.rule = rule
        self.weeks: dict[tuple[int, date], Week] = defaultdict(Week)
        self._closed = closed
        self._hours = {
            on: {hours.professional: hours for hours in day.hours} for on, day in published.items()
        }
        self._horizons: dict[date, date] = {}

    def day(self, on: date, office: int, at: datetime) -> Day | None:
        """The day as `office` finds it at `at`; None while it is not published."""
        published = self.published.get(on)
        if published is None or published.published_at > at:
            return None
        week = self.weeks[office, business_days.monday_of(on)]
        return Day(
            on=on,
            grid=published.grid,
            rule=self.rule,
            last_bookable=self._last_bookable(clock.service_date(at)),
            hours=tuple(self._hours[on].values()),
            use={office: week.use(on.weekday())},
        )

    def take(
        self, on: date, professional: int, start: int, quanta: int, office: int, late: int = 0
    ) -> None:
        """Write a granted time into the day and its counter; `late` corrects the late one."""
        mask = grid.bits(start, quanta)
        hours = self._hours[on][professional]
        assert hours.offered & ~hours.taken & mask == mask, "admission gave what was not free"
        self._replace(on, hours, hours.taken | mask)
        week = self.weeks[office, business_days.monday_of(on)]
        week.booked[on.weekday()] += quanta
        week.late[on.weekday()] += late

    def give_back(
        self, on: date, professional: int, start: int, quanta: int, office: int, late: int
    ) -> None:
        """Free a time; `late` of its quanta stay on the counter as given up late."""
        hours = self._hours[on][professional]
        self._replace(on, hours, hours.taken & ~grid.bits(start, quanta))
        week = self.weeks[office, business_days.monday_of(on)]
        week.booked[on.weekday()] -= quanta
        week.late[on.weekday()] += late

    def _replace(self, on: date, hours: ProfessionalHours, taken: int) -> None:
        self._hours[on][hours.professional] = replace(hours, taken=taken)

    def _last_bookable(self, today: date) -> date:
        if today not in self._horizons:
            self._horizons[today] = business_days.add(
                today, self.rule.horizon_business_days, self._closed
            )
        return self._horizons[today]
