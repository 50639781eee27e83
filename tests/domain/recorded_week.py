"""A week that is lived through and written down, so that it can be replayed.

Everything that decides is the product's. What it decides on is counted anew from what is booked and
charged whenever somebody asks, as a recount would: nothing is kept up to date, as the replay does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from comptoir.domain import charges, nested, replay, share
from comptoir.domain import grid as grids
from comptoir.domain.admission import admit
from comptoir.domain.charges import Booked, Charge
from comptoir.domain.grid import Grid
from comptoir.domain.replay import Ask, GiveUp, Recorded, Terms
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Admitted, Day, ProfessionalHours, Reason, Request, Use
from comptoir.domain.share import Nesting, Owed, Share
from tests.domain.rules import RULE
from tests.domain.sharing_world import ENGLISH, ZONE

DAYS = tuple(date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(3))
QUANTA = 6


def grid_of(on: date) -> Grid:
    return Grid(datetime.combine(on, time(9), ZONE), QUANTA)


def day(on: date, rule: SharingRule, offered: Mapping[int, int], **values: object) -> Day:
    """A day of the week, nothing taken; allowances are released at two of the day before."""
    hours = tuple(ProfessionalHours(who, ENGLISH, mask) for who, mask in offered.items())
    released = datetime.combine(on - timedelta(days=1), time(14), ZONE)
    return replace(Day(on, grid_of(on), rule, on, hours, released_at=released), **values)  # type: ignore[arg-type]  # some of its fields


@dataclass
class Life:
    """The week as it happens. `booked` by appointment; `log` has each request with its answer, and what
    was given up, with a need that is not known before the week is over.
    """

    week: replay.Week
    booked: dict[int, Booked] = field(default_factory=dict)
    charged: list[Charge] = field(default_factory=list)
    gone: set[tuple[int, date]] = field(default_factory=set)
    log: list[tuple[Ask, Recorded, replay.Answer] | tuple[GiveUp, int]] = field(
        default_factory=list
    )

    def rule(self, office: int, on: date) -> SharingRule:
        one = self.week.days[on]
        rule = one.own_rules.get(office, one.rule)
        assert rule is not None, "every day of these weeks has a rule"
        return rule

    def use(self, office: int, on: date) -> Use:
        """Counted from what is booked and charged."""
        own = [one for one in self.booked.values() if one.office == office]
        late = charges.charged(self.charged, office, on)
        of_day = sum(one.quanta for one in own if one.on == on)
        return Use(of_day + late.day, sum(one.quanta for one in own) + late.week)

    def is_owed(self, office: int, on: date) -> bool:
        nesting, use = self.rule(office, on).nesting, self.use(office, on)
        if nesting is None or use.day or (office, on) in self.gone:
            return False
        return use.week + nesting.floor <= self.rule(office, on).week_limit

    def share(self, office: int, on: date, now: datetime) -> Share:
        terms = self.week.offices[office]
        held = sum(
            one.quanta
            for one in self.booked.values()
            if one.office == office and one.grid.instant(one.start) > now
        )
        allowance = min(terms.allowance, self.rule(office, on).week_limit)
        return Share(allowance, held, self.is_owed(office, on), terms.chance)

    def stands(self, office: int, on: date, now: datetime) -> Day:
        """The day as production would load it for this office."""
        one = self.week.days[on]
        taken = {
            (other.on, other.professional, index)
            for other in self.booked.values()
            for index in grids.indexes(other.mask)
        }
        hours = tuple(
            replace(h, taken=sum(1 << i for i in range(QUANTA) if (on, h.professional, i) in taken))
            for h in one.hours
        )
        owing = [self.week.offices[o].chance for o in self.week.offices if self.is_owed(o, on)]
        owed = Owed(
            len(owing),
            sum(owing),
            sum(p * (1 - p) for p in owing),
            self.unclaimed(on),
            self.left(now),
        )
        return replace(
            one, hours=hours, use={office: self.use(office, on)}, owed=owed,
            shares={office: self.share(office, on, now)},
        )  # fmt: skip

    def unclaimed(self, on: date) -> int:
        """What all offices have not used of their allowances, under a rule that has any."""
        return sum(
            max(0, min(terms.allowance, self.rule(o, on).week_limit) - self.use(o, on).week)
            for o, terms in self.week.offices.items()
            if self.rule(o, on).nesting is not None
        )

    def left(self, now: datetime) -> int:
        return sum(on >= now.date() for on in self.week.days)

    def ask(self, ask: Ask, appointment: int | None = None) -> replay.Answer:
        """Ask for time; for another time of an appointment, if there is one already."""
        before = dict(self.booked), list(self.charged), set(self.gone)
        old = self.booked.get(appointment) if appointment is not None else None
        if appointment is not None and old is not None:
            self.free(appointment, ask.at)
            if old.on != ask.on:
                self.lose_floor(old, ask.at)
        request = Request(ask.office, ask.quanta, ask.language, ask.start, seed=ask.seed)
        answer = admit(self.stands(ask.office, ask.on, ask.at), request, ask.at)
        if isinstance(answer, Admitted):
            appointment = len(self.log) if appointment is None else appointment
            self.take(appointment, ask, answer)
        else:
            self.booked, self.charged, self.gone = before
        was_taken = not isinstance(answer, Admitted) and answer.reason is Reason.TIME_TAKEN
        kept = replace(ask, was_taken=was_taken, moves=old is not None)
        granted = isinstance(answer, Admitted)
        request_ = Recorded(ask.office, ask.on, ask.quanta, granted, appointment)
        self.log.append((kept, request_, answer))
        return answer

    def take(self, appointment: int, ask: Ask, answer: Admitted) -> None:
        who, grid = answer.professional, grid_of(ask.on)
        booked = Booked(ask.on, grid, ask.office, who, answer.start, ask.quanta)
        self.booked[appointment] = booked
        self.gone.discard((ask.office, ask.on))
        self.charged = [
            charges.refilled(one, who, booked.mask)
            if one.booked.on == ask.on and self.rule(one.booked.office, ask.on).nesting
            else one
            for one in self.charged
        ]

    def free(self, appointment: int, now: datetime) -> None:
        old = self.booked.pop(appointment)
        self.charged.append(charges.given_up(old, self.rule(old.office, old.on), now))

    def lose_floor(self, old: Booked, now: datetime) -> None:
        nesting = self.rule(old.office, old.on).nesting
        if nesting is None or nesting.floor <= 1 or not self.is_owed(old.office, old.on):
            return
        one = self.stands(old.office, old.on, now)
        fit = nested.floors_fit(one, nesting, now)
        if not share.is_given_back(nesting.floor, fit, one.owed.offices - 1):
            self.gone.add((old.office, old.on))

    def give_up(self, appointment: int, now: datetime, *, missed: bool = False) -> None:
        old = self.booked[appointment]
        self.free(appointment, now)
        if missed:
            self.gone.add((old.office, old.on))
        else:
            self.lose_floor(old, now)
        self.log.append((GiveUp(now, need=-1, missed=missed), appointment))

    def events(self) -> tuple[list[Ask | GiveUp], list[replay.Answer]]:
        """What happened, as it is replayed; and the answer that each request got."""
        requests = [entry for entry in self.log if len(entry) == 3]
        found = replay.needs(recorded for _, recorded, _ in requests)
        needs = iter(found)
        of_appointment = {
            recorded.appointment: need
            for (_, recorded, _), need in zip(requests, found, strict=True)
        }
        events: list[Ask | GiveUp] = [
            replace(entry[0], need=of_appointment[entry[1]])
            if len(entry) == 2
            else replace(entry[0], need=next(needs))
            for entry in self.log
        ]
        return events, [answer for _, _, answer in requests]


def rule(random: Random, nested_too: bool = True) -> SharingRule:
    """A rule under which there is soon too little for all."""
    nesting = Nesting(
        floor_minutes=random.choice([15, 30]),
        miss_per_mille=random.choice([0, 100]),
        least_held_minutes=random.choice([30, 240]),
        ramp_minutes=60,
        standby_minutes=random.choice([0, 30]),
    )
    return replace(
        RULE,
        minutes_per_day=random.choice([30, 60, 90]),
        minutes_per_week=random.choice([90, 150, 300]),
        late_notice_minutes=random.choice([30, 120, 1440]),
        nesting=nesting if nested_too else None,
    )


def lived(random: Random, steps: int = 40) -> Life:
    """Four offices, two professionals, three days; one office is under a rule of its own."""
    nested_too = random.random() < 0.7
    common = rule(random, nested_too)
    own = replace(common, minutes_per_day=90, late_notice_minutes=60)
    offered = {1: 2**QUANTA - 1, 2: 2**QUANTA - 1}
    days = {on: day(on, common, offered, own_rules={3: own}) for on in DAYS}
    terms = {o: Terms(random.randint(0, 6), random.choice([0.2, 1.0])) for o in range(4)}
    life = Life(replay.Week(days, terms))
    now = datetime.combine(DAYS[0], time(8), ZONE) - timedelta(days=2)
    for step in range(steps):
        now += timedelta(minutes=random.choice([7, 50, 190]))
        _happens(life, random, now, step)
    return life


def _happens(life: Life, random: Random, now: datetime, step: int) -> None:
    ahead = [key for key, one in life.booked.items() if one.grid.instant(one.start) > now]
    begun = [key for key in life.booked if key not in ahead]
    chance = random.random()
    if ahead and chance < 0.2:
        life.give_up(random.choice(ahead), now)
    elif begun and chance < 0.25:
        life.give_up(random.choice(begun), now, missed=True)
    else:
        moved = random.choice(ahead) if ahead and chance < 0.4 else None
        office = life.booked[moved].office if moved is not None else random.randrange(4)
        start = random.choice([None, random.randrange(QUANTA)])
        quanta, on = random.randint(1, 4), random.choice(DAYS)
        life.ask(Ask(now, -1, office, on, quanta, "en", start, seed=step), moved)
