"""A week's requests replayed under another rule: what each office would have held.

The requests are asked again in the order in which they were made, of the one function that answers
them in production (`domain.admission`); time given up is charged by `domain.charges`. Nothing is drawn:
equal events, equal outcome, and under the very rule that was in force what was granted is granted.

What is assumed, since it cannot be known:

- Offices ask for the same, at the same moment, whatever the rule. Requests that nobody made because the
  rule would have refused them stay unmade; so do looks at a list, and waiting in vain.
- Who was refused and asked again, for the same day or for as much of another, had one *need*: once it
  is met its later tries are not made, and what became of it in the end becomes of it here.
- Who finds the time it chose taken takes the nearest that is offered of that day, but not who was told
  so in fact: it tried again by itself, or did not.
- A need that was never met in fact and is met here is kept.
- The hours are those that were on offer in the end. When a day opened stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from comptoir.domain import charges, nested, share
from comptoir.domain import grid as grids
from comptoir.domain.admission import admit, offers
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Admitted, Day, Reason, Refused, Request, Use
from comptoir.domain.share import Owed, Share

Answer = Admitted | Refused


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request on record: whose, for which day, how much, and the appointment that it led to or moved."""

    office: int
    on: date
    quanta: int
    granted: bool
    appointment: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the week, for one `need`. `was_taken`: it was refused since that very time was gone.

    `held_elsewhere` is what the office held ahead in other weeks. One that `moves` gives up what its
    need holds, if it is granted; `excused` says that this counts in no case, as what the `centre` moves.
    """

    at: datetime
    need: int
    office: int
    on: date
    quanta: int
    language: str
    start: int | None = None
    seed: int = 0
    was_taken: bool = False
    held_elsewhere: int = 0
    moves: bool = False
    excused: bool = False
    centre: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """What a need holds is given up: by the office, by the `centre`, or by not attending (`missed`)."""

    at: datetime
    need: int
    excused: bool = False
    missed: bool = False
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What an active office is allotted of the week, and how probable it is that it claims a floor."""

    allowance: int = 0
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Week:
    """The week at its start: its days under the rule that is tried, nothing taken; the active offices."""

    days: Mapping[date, Day]
    offices: Mapping[int, Terms]


@dataclass(frozen=True, slots=True)
class Place:
    """What a need holds."""

    office: int
    on: date
    professional: int
    start: int
    quanta: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The answer to each request, None where its need was met by then; what each need holds in the end."""

    answers: tuple[Answer | None, ...]
    places: Mapping[int, Place]


def needs(requests: Iterable[Recorded]) -> list[int]:
    """To which need each request belongs; they come in the order in which they were made.

    A request after a refusal asks for the same again if it is for the same day or as long; one that led
    to an appointment which was there already moves it.
    """
    found: list[int] = []
    waiting: dict[int, list[tuple[int, Recorded]]] = defaultdict(list)
    of_appointment: dict[int, int] = {}
    for number, one in enumerate(requests):
        tried = waiting[one.office]
        same = [need for need, old in tried if old.on == one.on or old.quanta == one.quanta]
        need = same[-1] if same else number
        if one.appointment is not None:
            need = of_appointment.setdefault(one.appointment, need)
        waiting[one.office] = [(other, old) for other, old in tried if other != need]
        if not one.granted and one.appointment is None:
            waiting[one.office].append((need, one))
        found.append(need)
    return found


def run(week: Week, events: Sequence[Ask | GiveUp]) -> Replayed:
    """What becomes of the events, in their order, under the rules of the week's days."""
    play = _Play(week)
    answers = []
    for event in events:
        if isinstance(event, Ask):
            answers.append(play.ask(event))
        else:
            play.give_up(event)
    return Replayed(tuple(answers), play.state.places)


def attended(places: Mapping[int, Place], was_attended: Mapping[int, bool]) -> dict[int, int]:
    """Quanta attended by office. `was_attended` says so of the needs that were met in fact."""
    found: dict[int, int] = defaultdict(int)
    for need, place in places.items():
        if was_attended.get(need, True):
            found[place.office] += place.quanta
    return dict(found)


@dataclass
class _State:
    """What changes in the course of the week: all that a refused move must leave as it was."""

    taken: dict[tuple[date, int], int] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    held: dict[int, tuple[int, ...]] = field(default_factory=dict)
    of_day: dict[tuple[int, date], int] = field(default_factory=dict)
    of_week: dict[int, int] = field(default_factory=dict)
    pending: dict[tuple[date, int, int], int] = field(default_factory=dict)
    floor_gone: frozenset[tuple[int, date]] = frozenset()
    terms: dict[tuple[date, int], Owed] = field(default_factory=dict)
    owed: dict[date, Owed] = field(default_factory=dict)

    def copy(self) -> _State:
        return _State(
            taken=dict(self.taken),
            places=dict(self.places),
            held=dict(self.held),
            of_day=dict(self.of_day),
            of_week=dict(self.of_week),
            pending=dict(self.pending),
            floor_gone=self.floor_gone,
            terms=dict(self.terms),
            owed=dict(self.owed),
        )


class _Play:
    """The week as it goes."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.state = _State(owed=dict.fromkeys(week.days, Owed()))
        for office in week.offices:
            self._settle(office)

    def ask(self, event: Ask) -> Answer | None:
        """Ask again, unless the need is met and is not to be moved."""
        held = self.state.places.get(event.need)
        if held is not None and not event.moves:
            return None
        before = self.state.copy() if held is not None else None
        if held is not None:
            self._free(event.need, event.at, excused=event.excused or event.centre)
            if not event.centre and held.on != event.on:
                self._lose_floor(held, event.at)
        answer = self._answer(event)
        if isinstance(answer, Admitted):
            place = Place(event.office, event.on, answer.professional, answer.start, event.quanta)
            self._take(event.need, place)
        elif before is not None:
            self.state = before
        return answer

    def give_up(self, event: GiveUp) -> None:
        """Give up what the need holds, if anything; what has begun by then was not given up here."""
        place = self.state.places.get(event.need)
        if place is None:
            return
        starts_at = self.week.days[place.on].grid.instant(place.start)
        if event.missed:
            self._free(event.need, max(event.at, starts_at), excused=event.excused)
            self.state.floor_gone |= {(place.office, place.on)}
            self._settle(place.office)
        elif event.centre or event.at < starts_at:
            self._free(event.need, event.at, excused=event.excused or event.centre)
            if not event.centre:
                self._lose_floor(place, event.at)

    def _answer(self, event: Ask) -> Answer:
        """By the product's own function; the nearest time where the one that was chosen is taken."""
        day = self._day(event)
        request = Request(event.office, event.quanta, event.language, event.start, seed=event.seed)
        answer = admit(day, request, event.at)
        taken = isinstance(answer, Refused) and answer.reason is Reason.TIME_TAKEN
        if event.start is None or not taken or event.was_taken:
            return answer
        wanted = event.start
        starts = grids.indexes(offers(day, replace(request, start=None), event.at))
        nearest = min(starts, key=lambda start: abs(start - wanted), default=None)
        return answer if nearest is None else admit(day, replace(request, start=nearest), event.at)

    def _day(self, event: Ask) -> Day:
        """The day as it stands for the office that asks."""
        return self._stands(event.office, event.on, event.at, event.held_elsewhere)

    def _stands(self, office: int, on: date, at: datetime, elsewhere: int = 0) -> Day:
        state, day = self.state, self.week.days[on]
        hours = tuple(
            replace(one, taken=taken) if (taken := state.taken.get((on, one.professional))) else one
            for one in day.hours
        )
        today = at.astimezone(day.grid.starts_at.tzinfo).date()
        left = sum(each.worked and other >= today for other, each in self.week.days.items())
        own = state.terms.get((on, office), Owed())
        terms = self.week.offices.get(office, Terms(chance=0.0))
        return replace(
            day,
            hours=hours,
            use={office: Use(state.of_day.get((office, on), 0), state.of_week.get(office, 0))},
            owed=replace(state.owed[on], days_left=left),
            shares={
                office: Share(
                    _allotted(terms, self._rule(office, on)),
                    elsewhere + self._held(office, at),
                    owed=bool(own.offices),
                    chance=terms.chance,
                )
            },
        )

    def _rule(self, office: int, on: date) -> SharingRule | None:
        day = self.week.days[on]
        return day.own_rules.get(office, day.rule)

    def _held(self, office: int, at: datetime) -> int:
        """What it holds ahead of this week."""
        held = (self.state.places[need] for need in self.state.held.get(office, ()))
        days = self.week.days
        return sum(one.quanta for one in held if days[one.on].grid.instant(one.start) > at)

    def _take(self, need: int, place: Place) -> None:
        """Take the time; what others had given up late of it is charged to them no longer."""
        state, office = self.state, place.office
        key = place.on, place.professional
        state.taken[key] = state.taken.get(key, 0) | grids.bits(place.start, place.quanta)
        state.places[need] = place
        state.held[office] = (*state.held.get(office, ()), need)
        state.floor_gone -= {(office, place.on)}
        self._count(office, place.on, place.quanta)
        for index in range(place.start, place.start + place.quanta):
            late = state.pending.pop((*key, index), None)
            if late is not None:
                self._count(late, place.on, -1)

    def _free(self, need: int, at: datetime, *, excused: bool) -> None:
        """Free the time, and charge what the rule of its day charges."""
        state, place = self.state, self.state.places.pop(need)
        office, on = place.office, place.on
        rule, grid = self._rule(office, on), self.week.days[on].grid
        assert rule is not None, "what was granted was granted by a rule"
        booked = charges.Booked(on, grid, office, place.professional, place.start, place.quanta)
        charge = charges.given_up(booked, rule, at, excused=excused)
        state.taken[on, place.professional] &= ~booked.mask
        state.held[office] = tuple(other for other in state.held[office] if other != need)
        if rule.nesting is not None:
            for index in grids.indexes(charge.pending):
                state.pending[on, place.professional, index] = office
        self._count(office, on, charge.quanta - place.quanta)

    def _lose_floor(self, place: Place, at: datetime) -> None:
        """The office is owed its floor of the day again only if there is room for it."""
        office, on = place.office, place.on
        rule, own = self._rule(office, on), self.state.terms.get((on, office))
        if rule is None or rule.nesting is None or own is None or not own.offices:
            return
        floor = rule.nesting.floor
        fit = nested.floors_fit(self._stands(office, on, at), rule.nesting, at)
        if floor > 1 and not share.is_given_back(floor, fit, self.state.owed[on].offices - 1):
            self.state.floor_gone |= {(office, on)}
            self._settle(office)

    def _count(self, office: int, on: date, quanta: int) -> None:
        state = self.state
        state.of_day[office, on] = state.of_day.get((office, on), 0) + quanta
        state.of_week[office] = state.of_week.get(office, 0) + quanta
        self._settle(office)

    def _settle(self, office: int) -> None:
        """Bring what each day owes in line with what this office has used."""
        terms = self.week.offices.get(office)
        if terms is None:
            return
        for on in self.week.days:
            now = self._owed_to(office, on, terms)
            was = self.state.terms.get((on, office), Owed())
            self.state.terms[on, office] = now
            if now != was:
                self.state.owed[on] = _exchanged(self.state.owed[on], was, now)

    def _owed_to(self, office: int, on: date, terms: Terms) -> Owed:
        """What one office is owed of a day, in the form of what all are."""
        rule, state = self._rule(office, on), self.state
        if rule is None or rule.nesting is None:
            return Owed()
        used, chance = state.of_week.get(office, 0), terms.chance
        left = max(0, _allotted(terms, rule) - used)
        unclaimed = not state.of_day.get((office, on), 0) and (office, on) not in state.floor_gone
        if not unclaimed or used + rule.nesting.floor > rule.week_limit:
            return Owed(allowances=left)
        return Owed(1, chance, chance * (1 - chance), left)


def _allotted(terms: Terms, rule: SharingRule | None) -> int:
    """Nobody is allotted more than its limit of a week."""
    return terms.allowance if rule is None else min(terms.allowance, rule.week_limit)


def _exchanged(whole: Owed, was: Owed, now: Owed) -> Owed:
    return Owed(
        whole.offices - was.offices + now.offices,
        whole.mean - was.mean + now.mean,
        whole.variance - was.variance + now.variance,
        whole.allowances - was.allowances + now.allowances,
    )
