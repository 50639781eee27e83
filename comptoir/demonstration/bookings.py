"""What became of every wish, played through in the order of time with the rule that enforces.

Each wish goes through `domain.admission.admit`; what is granted is later moved, cancelled, missed
or served, each at its moment, so that every decision saw the calendar and the counters of its time.
Nothing that would happen after `now` happens.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from comptoir.demonstration.calendar import Calendar
from comptoir.demonstration.demand import Wish
from comptoir.domain import grid
from comptoir.domain.admission import admit, offers
from comptoir.domain.service_day import Admitted, Day, Refused, Request
from comptoir.liaison.models import Happening, Reason, Side, Status, excusing_by_default

OFFICE_REASONS = (
    Reason.NOT_NEEDED,
    Reason.NOT_NEEDED,
    Reason.CONFLICT,
    Reason.CONSTITUENT,
    Reason.CONSTITUENT,
    Reason.CHAMBER,
    Reason.MISTAKE,
    Reason.OFFICE_OTHER,
)
MOVE_REASONS = tuple(
    Reason.CONFLICT if reason == Reason.NOT_NEEDED else reason for reason in OFFICE_REASONS
)
"""What is no longer needed is not moved."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the rule, granted or refused."""

    wish: Wish
    at: datetime
    starts_at: datetime | None
    answer: Admitted | Refused
    seed: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an appointment; the `from_` values are those of the time it gave up."""

    kind: Happening
    at: datetime
    side: Side
    by_delegate: bool
    reason: str = ""
    notice_minutes: int | None = None
    late_quanta: int = 0
    excused_quanta: int = 0
    from_starts_at: datetime | None = None
    from_quanta: int | None = None
    from_professional: int | None = None


@dataclass(slots=True)
class Booking:
    """An appointment in the making. `decision` and `professional` are as last decided."""

    wish: Wish
    decision: int
    on: date
    start: int
    starts_at: datetime
    professional: int
    status: Status = Status.BOOKED
    sequence: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    late_minutes: int | None = None
    events: list[Happened] = field(default_factory=list)

    @property
    def quanta(self) -> int:
        """Its length in quarter hours."""
        return self.wish.quanta

    @property
    def ends_at(self) -> datetime:
        """When its last quarter hour ends."""
        return self.starts_at + self.quanta * grid.QUANTUM


class Play:
    """The sequence of everything that happened until `now`."""

    def __init__(
        self, calendar: Calendar, zones: list[ZoneInfo], offices: list[int], rng: Random
    ) -> None:
        """`zones` and `offices` (their keys in the database) by number of office."""
        self.decisions: list[Decided] = []
        self.bookings: list[Booking] = []
        self._calendar = calendar
        self._zones = zones
        self._offices = offices
        self._rng = rng
        self._due: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._count = 0

    def run(self, wishes: Iterable[Wish], now: datetime) -> None:
        """Let it all happen, in order."""
        for wish in wishes:
            self._plan(wish.at, partial(self._ask, wish))
        while self._due and self._due[0][0] <= now:
            at, _count, happen = heapq.heappop(self._due)
            happen(at)

    def _plan(self, at: datetime, happen: Callable[[datetime], None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, happen))

    # --- Booking ---

    def _ask(self, wish: Wish, at: datetime) -> None:
        day = self._calendar.day(wish.on, self._offices[wish.office], at)
        if day is None:
            return
        request = self._request(wish)
        fits = offers(day, request, at)
        if not fits and wish.sure:
            anywhere = (1 << day.grid.quanta) - 1
            wanted = self._nearest(anywhere, wish, day)
            self._decide(wish, day, replace(request, start=wanted), at)
            return
        if not fits:
            # Most offices see on the page that nothing is left and do not ask in vain.
            if self._rng.random() < 0.3:
                self._decide(wish, day, request, at)
            if self._rng.random() < 0.5:
                self._try_another_day(wish, at)
            return
        nearest = self._nearest(fits, wish, day)
        if not wish.sure and self._rng.random() < 0.02:
            # The page was older than the calendar: somebody else took the time in between.
            gone = next(i for i in range(day.grid.quanta) if not fits >> i & 1)
            self._decide(wish, day, replace(request, start=gone), at)
            at += timedelta(seconds=40)
        answer = self._decide(wish, day, replace(request, start=nearest), at)
        if isinstance(answer, Admitted):
            self._book(wish, answer, day, at)

    def _request(self, wish: Wish) -> Request:
        return Request(
            office=self._offices[wish.office],
            quanta=wish.quanta,
            language=wish.language,
            seed=self._rng.getrandbits(40),
        )

    def _decide(self, wish: Wish, day: Day, request: Request, at: datetime) -> Admitted | Refused:
        answer = admit(day, request, at)
        starts_at = None if request.start is None else day.grid.instant(request.start)
        self.decisions.append(Decided(wish, at, starts_at, answer, request.seed))
        return answer

    def _nearest(self, fits: int, wish: Wish, day: Day) -> int:
        """The start offered that is nearest to the wall time preferred."""
        midnight = datetime.combine(wish.on, datetime.min.time(), self._zones[wish.office])
        wanted = (midnight + timedelta(minutes=wish.wall) - day.grid.starts_at) / grid.QUANTUM
        return min(grid.indexes(fits), key=lambda index: (abs(index - wanted), index))

    def _try_another_day(self, wish: Wish, at: datetime) -> None:
        later = [on for on in self._calendar.published if on > wish.on]
        if later:
            asked_at = at + timedelta(minutes=2)
            self._plan(asked_at, partial(self._ask, replace(wish, on=later[0], at=asked_at)))

    def _book(self, wish: Wish, answer: Admitted, day: Day, at: datetime) -> None:
        booking = Booking(
            wish=wish,
            decision=len(self.decisions) - 1,
            on=wish.on,
            start=answer.start,
            starts_at=day.grid.instant(answer.start),
            professional=answer.professional,
        )
        self._take(booking)
        booking.events.append(Happened(Happening.BOOKED, at, Side.OFFICE, by_delegate=True))
        self.bookings.append(booking)
        self._plan_fate(booking, at, may_move=True)

    # --- What becomes of it ---

    def _plan_fate(self, booking: Booking, at: datetime, *, may_move: bool) -> None:
        draw = 1.0 if booking.wish.sure else self._rng.random()
        gives_up = 0.55 if booking.wish.gives_up_late else 0.08
        happen: Callable[[Booking, datetime], None]
        if draw < gives_up:
            happen, when = self._cancel, self._giving_up(booking, at)
        elif draw < gives_up + 0.055 and may_move:
            happen, when = self._move, self._giving_up(booking, at)
        elif draw > 0.995 and not booking.wish.sure:
            happen = self._cancel_by_centre
            when = booking.starts_at - timedelta(minutes=self._rng.randrange(40, 400))
        elif 0.97 < draw < 0.985:
            happen, when = self._miss, booking.starts_at + timedelta(minutes=12)
        else:
            happen = self._start
            when = booking.starts_at + timedelta(seconds=self._rng.randrange(5, 150))
        self._plan(max(when, at + timedelta(minutes=1)), partial(happen, booking))

    def _giving_up(self, booking: Booking, at: datetime) -> datetime:
        """When an office moves or cancels: at the last minute, or at some working hour before."""
        start = booking.starts_at
        if booking.wish.gives_up_late or self._rng.random() < 0.18:
            longest = 15 if self._rng.random() < 0.5 else 110
            return start - timedelta(minutes=self._rng.randrange(1, longest))
        spread = max((start - at) - timedelta(hours=2), timedelta(minutes=5))
        zone = self._zones[booking.wish.office]
        moment = (at + spread * self._rng.random()).astimezone(zone)
        if moment.weekday() > 4:
            moment -= timedelta(days=moment.weekday() - 4)
        moment = moment.replace(hour=min(max(moment.hour, 8), 17), microsecond=0)
        return min(moment, start - timedelta(minutes=1))

    def _cancel(self, booking: Booking, at: datetime) -> None:
        reason = self._rng.choice(OFFICE_REASONS)
        self._end(booking, at, Status.CANCELLED, Happening.CANCELLED, Side.OFFICE, reason)

    def _cancel_by_centre(self, booking: Booking, at: datetime) -> None:
        self._end(booking, at, Status.CANCELLED, Happening.CANCELLED, Side.CENTRE, Reason.ABSENCE)

    def _miss(self, booking: Booking, at: datetime) -> None:
        self._end(booking, at, Status.NO_SHOW, Happening.NO_SHOW, Side.OFFICE, "")

    def _end(
        self,
        booking: Booking,
        at: datetime,
        status: Status,
        kind: Happening,
        side: Side,
        reason: str,
    ) -> None:
        if kind == Happening.CANCELLED and booking.starts_at <= at:
            self._start(booking, at)
            return
        booking.events.append(self._given_up(booking, at, kind, side, reason))
        self._give_back(booking, booking.events[-1].late_quanta)
        booking.status = status
        booking.sequence += status == Status.CANCELLED

    def _given_up(
        self, booking: Booking, at: datetime, kind: Happening, side: Side, reason: str
    ) -> Happened:
        notice = max(booking.starts_at - at, timedelta(0))
        rule = self._calendar.rule
        late = side == Side.OFFICE and rule.late_counts and rule.is_late(notice)
        excused = late and reason in excusing_by_default()
        return Happened(
            kind=kind,
            at=at,
            side=side,
            by_delegate=side == Side.OFFICE and kind != Happening.NO_SHOW,
            reason=reason,
            notice_minutes=notice // timedelta(minutes=1),
            late_quanta=booking.quanta if late and not excused else 0,
            excused_quanta=booking.quanta if excused else 0,
            from_starts_at=booking.starts_at,
            from_quanta=booking.quanta,
            from_professional=booking.professional,
        )

    def _move(self, booking: Booking, at: datetime) -> None:
        """To another time of the same or a later day, if the rule grants one once this is given up."""
        if booking.starts_at <= at:
            self._start(booking, at)
            return
        event = self._given_up(
            booking, at, Happening.MOVED, Side.OFFICE, self._rng.choice(MOVE_REASONS)
        )
        self._give_back(booking, event.late_quanta)
        wish = replace(booking.wish, on=self._later(booking.on), wall=booking.wish.wall + 60)
        day = self._calendar.day(wish.on, self._offices[wish.office], at)
        request = self._request(wish)
        fits = offers(day, request, at) if day is not None else 0
        if wish.on == booking.on:
            fits &= ~(1 << booking.start)
        answer: Admitted | Refused | None = None
        if day is not None and fits:
            start = self._nearest(fits, wish, day)
            answer = self._decide(wish, day, replace(request, start=start), at)
        if day is None or not isinstance(answer, Admitted):
            self._take(booking, late=-event.late_quanta)
            self._plan_fate(booking, at, may_move=False)
            return
        booking.on, booking.start = wish.on, answer.start
        booking.starts_at = day.grid.instant(answer.start)
        booking.professional = answer.professional
        booking.sequence += 1
        self._take(booking)
        booking.events.append(event)
        self._plan_fate(booking, at, may_move=False)

    def _later(self, on: date) -> date:
        days = [day for day in self._calendar.published if day >= on][:5]
        return self._rng.choice(days)

    def _take(self, booking: Booking, late: int = 0) -> None:
        office = self._offices[booking.wish.office]
        self._calendar.take(
            booking.on, booking.professional, booking.start, booking.quanta, office, late
        )

    def _give_back(self, booking: Booking, late: int) -> None:
        office = self._offices[booking.wish.office]
        self._calendar.give_back(
            booking.on, booking.professional, booking.start, booking.quanta, office, late
        )

    # --- Serving ---

    def _start(self, booking: Booking, at: datetime) -> None:
        booking.status, booking.started_at = Status.STARTED, at
        late = (at - booking.starts_at) // timedelta(minutes=1)
        booking.late_minutes = late if late > 0 else None
        booking.events.append(Happened(Happening.STARTED, at, Side.CENTRE, by_delegate=False))
        length = booking.quanta * grid.QUANTUM * self._rng.triangular(0.55, 1.0, 0.9)
        finished_at = at + timedelta(seconds=length // timedelta(seconds=1))
        self._plan(max(min(finished_at, booking.ends_at), at), partial(self._finish, booking))

    def _finish(self, booking: Booking, at: datetime) -> None:
        booking.status, booking.finished_at = Status.FINISHED, at
        booking.events.append(Happened(Happening.FINISHED, at, Side.CENTRE, by_delegate=False))
