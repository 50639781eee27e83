"""The abuse that the memo describes, played on real rows through the real actions, and measured.

Some heavy offices take nearly every hour of a day in its early morning, as placeholders, and give most of
them up, often within a quarter of an hour of the start, when nobody may book them any more. Each ordinary
office looks for half an hour that day, three times at most. The demand is drawn from a seed and is the
same whatever the rule: nobody behaves better because a rule is better, so what differs between two plays
is the rule's own doing. Sizes and habits are inventions of ours: the memo states none.

Among equals the waiting list draws with a secret of the house, so a play may end an office or two
differently elsewhere; what is said of it must leave room for that.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from django.db import transaction

from comptoir.domain import grid
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM, QUANTUM_MINUTES
from comptoir.liaison.actions import booking, changing, counting, offering, waiting, waiting_rounds
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.actions.waiting import Waits
from comptoir.liaison.models import (
    LIVE_STATUSES,
    Answer,
    Appointment,
    AppointmentEvent,
    Claim,
    Happening,
    Mode,
    Offer,
    OfficeWeek,
    Policy,
    Reason,
    Side,
    WaitingEntry,
)
from comptoir.liaison.queries import times
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    DAY,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory

PROFESSIONALS, HEAVY, ORDINARY = 2, 2, 16
FIRST, LAST = 9, 17
"""The hours on offer: each professional works from the first to the last."""

DAWN = at(DAY, 8)
"""When the heavy offices come, an hour before the first start."""

PLACEHOLDERS = 16
"""Half hours that each heavy office wants: all there are of a day."""

COMES, LATE = 0.3, 0.8
"""Which part of the placeholders is meant; which part of the others is given up at the last minute."""

WANTED = 2
"""What each ordinary office wants, in quarter hours."""

LOOKS = 3
"""How often an ordinary office looks for time, if it finds none and cannot wait."""

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
HALF_HOUR = timedelta(minutes=30)

LIMITS: dict[str, Any] = {
    "name_en": "Limits only",
    "minutes_per_day": 600,
    "minutes_per_week": 3000,
    "late_notice_minutes": 120,
    "late_counts": False,
    "least_notice_minutes": 15,
    "most_waiting": 0,
}
"""Before: wide limits are all there is, giving up costs nothing, and nobody can wait."""

NESTED: dict[str, Any] = {
    **LIMITS,
    "name_en": "Nested classes",
    "late_counts": True,
    "nested": True,
    "miss_per_mille": 0,
    "most_waiting": 3,
}
"""After: the same limits, floors for all, allowances, late time charged, and the waiting list."""

WITHOUT_LIST = NESTED | {"name_en": "Nested classes, no waiting list", "most_waiting": 0}
"""What the classes do alone."""

TO_THE_MINUTE = NESTED | {"name_en": "Nested classes, bookable to the minute"}
TO_THE_MINUTE |= {"least_notice_minutes": 0}
"""The same as `NESTED`, and what is given up within the last quarter of an hour may be taken."""

HEAVY_ALLOWANCE, ORDINARY_ALLOWANCE = 24, 6
"""In quarter hours a week: four times as much for who attends four times as much."""


# --- Demand ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placeholder:
    """An hour a heavy office wants, when it first asks for it, and how long before it gives it up."""

    office: int
    starts_at: datetime
    asked_at: datetime
    gives_up: timedelta | None


@dataclass(frozen=True, slots=True)
class Caller:
    """An ordinary office: when it looks for time (again, if it found none), how soon it answers an offer."""

    office: int
    looks_at: tuple[datetime, ...]
    answers_after: timedelta
    need_not_be_asked: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """Who wants what on the day, whatever the rule."""

    placeholders: tuple[Placeholder, ...]
    callers: tuple[Caller, ...]


def demand(seed: int) -> Demand:
    """The same for the same seed."""
    random = Random(seed)
    halves = [at(DAY, FIRST) + half * HALF_HOUR for half in range(2 * (LAST - FIRST))]
    placeholders = [
        Placeholder(office, start, DAWN + office * MINUTE, _gives_up(random))
        for office in range(HEAVY)
        for start in sorted(random.sample(halves, PLACEHOLDERS))
    ]
    callers = []
    for office in range(ORDINARY):
        first = at(DAY, 8, 30) + random.randrange(6 * 60) * MINUTE
        looks = tuple(first + 45 * look * MINUTE for look in range(LOOKS))
        delay = random.choice([15, 45, 180, 420]) * SECOND
        callers.append(Caller(office, looks, delay, need_not_be_asked=random.random() < 0.5))
    return Demand(tuple(placeholders), tuple(callers))


def _gives_up(random: Random) -> timedelta | None:
    """How long before the start, if it is not meant."""
    if random.random() < COMES:
        return None
    late = random.random() < LATE
    return MINUTE * (random.randint(3, 14) if late else random.randint(15, 90))


# --- The play ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Play:
    """One day under one rule; things happen in the order of their instants."""

    policy: Policy
    heavy: list[Office]
    ordinary: list[Office]
    seed: int
    agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    asked: dict[int, datetime] = field(default_factory=dict)
    callers: dict[int, Caller] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)

    def later(self, when: datetime, what: Callable[[datetime], None]) -> None:
        """Have it happen then."""
        heapq.heappush(self.agenda, (when, next(self.numbers), what))

    def run(self, wanted: Demand) -> None:
        """From dawn until the last hour is over."""
        for placeholder in wanted.placeholders:
            self.later(placeholder.asked_at, partial(self._grab, placeholder))
        for caller in wanted.callers:
            self.callers[self.ordinary[caller.office].pk] = caller
            self.later(caller.looks_at[0], partial(self._look, caller, 0))
        self.later(DAWN, self._round)
        end = at(DAY, LAST)
        while self.agenda and self.agenda[0][0] < end:
            now, _, happen = heapq.heappop(self.agenda)
            happen(now)
            self._notice_offers(now)

    # Heavy offices

    def _grab(self, wanted: Placeholder, now: datetime) -> None:
        """Take the half hour, or half of it; refused, try again in an hour."""
        office = self.heavy[wanted.office]
        for quanta in (2, 1):
            booked = self._book(office, wanted.starts_at, quanta, now)
            if booked is None:
                continue
            if wanted.gives_up is not None:
                when = max(now + MINUTE, wanted.starts_at - wanted.gives_up)
                self.later(when, partial(self._give_up, booked))
            return
        again = now + 60 * MINUTE
        if again < wanted.starts_at - 15 * MINUTE:
            self.later(again, partial(self._grab, wanted))

    def _give_up(self, booked: Appointment, now: datetime) -> None:
        changing.cancel_appointment(
            appointment=booked, side=Side.OFFICE, reason=Reason.NOT_NEEDED, by=booked.booked_by,
            now=now,
        )  # fmt: skip

    # Ordinary offices

    def _look(self, caller: Caller, number: int, now: datetime) -> None:
        """Take the soonest that there is of what is missing; wait for the rest, or look again later."""
        office = self.ordinary[caller.office]
        self.asked.setdefault(office.pk, now)
        missing = self._take_soonest(office, WANTED - _held(office), now)
        if missing and self.policy.most_waiting:
            self._wait(office, caller, missing, now)
        elif missing and number + 1 < len(caller.looks_at):
            self.later(caller.looks_at[number + 1], partial(self._look, caller, number + 1))

    def _take_soonest(self, office: Office, missing: int, now: datetime) -> int:
        """All that is missing at once, or a quarter hour; what is missing then."""
        for quanta in range(missing, 0, -1):
            found = times.find_times(
                office=office, minutes=quanta * QUANTUM_MINUTES, language="en", now=now
            )
            for start in [start for day in found for start in day.starts][:1]:
                if self._book(office, start, quanta, now) is not None:
                    return missing - quanta
        return missing

    def _book(
        self, office: Office, start: datetime, quanta: int, now: datetime
    ) -> Appointment | None:
        minutes = quanta * QUANTUM_MINUTES
        wish = Wish(start, minutes, "en", Mode.TELEPHONE, telephone="613-555-0100")
        try:
            return booking.book_appointment(
                office=office, wish=wish, cases=[consent_case()], by=delegate_of(office), now=now,
                seed=self.seed,
            )  # fmt: skip
        except NotAdmitted:
            return None

    def _wait(self, office: Office, caller: Caller, missing: int, now: datetime) -> None:
        waits = Waits(
            first_on=DAY, last_on=DAY, from_time=time(FIRST), until_time=time(LAST),
            least_quanta=1, most_quanta=missing, language="en", least_notice_minutes=0,
            auto_accept=caller.need_not_be_asked, mode=Mode.TELEPHONE, telephone="613-555-0100",
        )  # fmt: skip
        waiting.wait(
            office=office, waits=waits, cases=[consent_case()], by=delegate_of(office), now=now
        )

    # The waiting list

    def _round(self, now: datetime) -> None:
        """What `liaison.jobs` does every minute, with a seed that is known."""
        self.later(now + MINUTE, self._round)
        if not WaitingEntry.objects.live().exists():
            return
        waiting_rounds.draw_due(most=50, now=now, seed=self.seed)
        waiting_rounds.end_what_is_over(most=100, now=now)
        offering.serve_day(on=DAY, now=now)
        waiting_rounds.take_automatic_offers(most=50, now=now, seed=self.seed)

    def _notice_offers(self, now: datetime) -> None:
        """Who is asked answers in its own time; whether that is soon enough is seen then."""
        new = Offer.objects.filter(answer=Answer.OPEN).exclude(pk__in=self.answered)
        for offer in new:
            self.answered.add(offer.pk)
            if not offer.automatic:
                delay = self.callers[offer.office_id].answers_after
                self.later(now + delay, partial(self._accept, offer))

    def _accept(self, offer: Offer, now: datetime) -> None:
        try:
            waiting.accept(offer=offer, by=delegate_of(offer.office), now=now, seed=self.seed)
        except (waiting.OfferGone, waiting.EntryOver, NotAdmitted):
            return


def play(rule: dict[str, Any], seed: int) -> Figures:
    """Play the day of a seed under a rule and measure it; afterwards nothing of it is in the database."""
    with undone():
        policy = PolicyFactory.create(**rule)
        staff = [ProfessionalFactory.create() for _ in range(PROFESSIONALS)]
        open_day(DAY, staff, first=time(FIRST), last=time(LAST))
        heavy = [OfficeFactory.create() for _ in range(HEAVY)]
        ordinary = [OfficeFactory.create() for _ in range(ORDINARY)]
        apportion(
            dict.fromkeys(heavy, HEAVY_ALLOWANCE) | dict.fromkeys(ordinary, ORDINARY_ALLOWANCE)
        )
        played = Play(policy, heavy, ordinary, seed)
        played.run(demand(seed))
        assert counting.recount([monday_of(DAY)]) == []
        return measured(played)


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- What came of it ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """One day, or several added up; time is in quarter hours."""

    offered: int
    asked: int
    held: int
    held_or_offered: int
    used_ordinary: int
    used_heavy: int
    given_up_late: int
    refilled: int
    charged_heavy: int
    idle: int
    avoidable: int

    def __add__(self, other: Figures) -> Figures:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Figures(*(one + two for one, two in pairs))

    @property
    def day_access(self) -> float:
        """Of the ordinary offices that asked, which part had or was offered a quarter hour that day."""
        return self.held_or_offered / self.asked

    @property
    def turned_away(self) -> int:
        """How many asked and neither had nor were offered anything: missed floors where there are floors."""
        return self.asked - self.held_or_offered

    @property
    def served(self) -> float:
        """Which part they had of what they asked for."""
        return self.used_ordinary / (WANTED * self.asked)

    @property
    def use(self) -> float:
        """Attended of what was on offer."""
        return (self.used_ordinary + self.used_heavy) / self.offered

    @property
    def late_loss(self) -> float:
        """Given up late and taken by nobody, of what was on offer."""
        return (self.given_up_late - self.refilled) / self.offered

    @property
    def avoidable_idle(self) -> float:
        """Idle while an office that was refused or waited wanted it, of what was on offer."""
        return self.avoidable / self.offered


def measured(played: Play) -> Figures:
    """The scorecard of a day that is over; who has a live appointment came."""
    came = Appointment.objects.filter(status__in=LIVE_STATUSES)
    quanta = dict.fromkeys((*played.heavy, *played.ordinary), 0)
    for appointment in came.select_related("office"):
        quanta[appointment.office] += appointment.quanta
    idle, late = _idle(), _given_up_late(played.policy)
    offers = set(Offer.objects.values_list("office_id", flat=True))
    asked = [office for office in played.ordinary if office.pk in played.asked]
    return Figures(
        offered=sum(hours.mask.bit_count() for hours in OfferedHours.objects.all()),
        asked=len(asked),
        held=sum(quanta[office] > 0 for office in asked),
        held_or_offered=sum(quanta[office] > 0 or office.pk in offers for office in asked),
        used_ordinary=sum(quanta[office] for office in played.ordinary),
        used_heavy=sum(quanta[office] for office in played.heavy),
        given_up_late=len(late),
        refilled=len(late - idle),
        charged_heavy=sum(
            sum(week.late) for week in OfficeWeek.objects.filter(office__in=played.heavy)
        ),
        idle=len(idle),
        avoidable=sum(_was_wanted(start, played) for _, start in idle),
    )


Place = tuple[int, datetime]
"""A professional and a quarter hour."""


def _idle() -> set[Place]:
    """What was on offer and nobody had in the end."""
    found = set()
    for hours in OfferedHours.objects.select_related("day"):
        starts = (hours.day.starts_at + index * QUANTUM for index in grid.indexes(hours.mask))
        found |= {(hours.professional_id, start) for start in starts}
    return found - set(Claim.objects.values_list("professional_id", "starts_at"))


def _given_up_late(policy: Policy) -> set[Place]:
    """Late is less notice than the rule asks for, whether it then counts or not."""
    events = AppointmentEvent.objects.filter(
        kind=Happening.CANCELLED, notice_minutes__lt=policy.late_notice_minutes
    )
    found = set()
    for event in events:
        assert event.from_starts_at is not None, "time given up has a start"
        assert event.from_quanta is not None, "and a length"
        assert event.from_professional_id is not None, "and a professional"
        for number in range(event.from_quanta):
            found.add((event.from_professional_id, event.from_starts_at + number * QUANTUM))
    return found


def _was_wanted(start: datetime, played: Play) -> bool:
    """Whether an ordinary office had asked by then and did not have all it wanted yet."""
    had: Counter[int] = Counter()
    for appointment in Appointment.objects.filter(status__in=LIVE_STATUSES, booked_at__lte=start):
        had[appointment.office_id] += appointment.quanta
    return any(asked < start and had[office] < WANTED for office, asked in played.asked.items())


def _held(office: Office) -> int:
    held = Appointment.objects.filter(office=office, status__in=LIVE_STATUSES)
    return sum(appointment.quanta for appointment in held)
