"""How the nested classes of `domain.share` see a request on a service day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from comptoir.domain import grid as grids
from comptoir.domain import share
from comptoir.domain.service_day import Day, ProfessionalHours, Reason, Request, Use
from comptoir.domain.share import Asking, Nesting, Share, ShareClass


@dataclass(frozen=True, slots=True)
class Classes:
    """One request on one day: its class, what is left to all, what of that must stay.

    `soon` are the starts so near that nothing is kept before them, `gone` the quarter hours that
    can be booked no more, `spare_floors` how many whole floors may be broken up.
    """

    nesting: Nesting
    asking: Asking
    of_class: ShareClass
    soon: int
    gone: int
    left: int
    kept: int
    spare_floors: int

    @property
    def refuses(self) -> Reason | None:
        """What it says of time that is anybody's, wherever it lies."""
        if share.holds_too_much(self.nesting, self.asking):
            return Reason.HOLDS_TOO_MUCH
        return Reason.KEPT if self.left - self.asking.quanta < self.kept else None

    def starts_left(self, hours: ProfessionalHours, office: int, starts: int) -> int:
        """Which of these starts leave what must be left, taken from this professional."""
        if self.nesting.floor <= 1 and hours.free_for(office) == hours.free_for_all():
            return starts if self.refuses is None else starts & self.soon
        later = grids.indexes(starts & ~self.soon)
        return starts & self.soon | sum(1 << i for i in later if self._leaves(hours, i))

    def class_at(self, hours: ProfessionalHours, start: int) -> ShareClass:
        """The class of what is taken there; of hours meant for the office itself nothing is kept for others."""
        directed = not hours.free_for_all() & grids.bits(start, self.asking.quanta)
        return ShareClass.DIRECTED if directed else self.of_class

    def counters(self) -> dict[str, int]:
        """The numbers that an explanation needs."""
        nesting, asking = self.nesting, self.asking
        owed = share.offices_owed(nesting, asking)
        return {
            "allowance": asking.share.allowance,
            "held": asking.share.held,
            "holding_cap": nesting.holding_cap(asking.share.allowance),
            "left": self.left,
            "kept": self.kept,
            "kept_for_floors": nesting.floor * owed,
            "offices_owed": owed,
            "offices_unclaimed": asking.owed.offices,
            "claims_expected_milli": round(1000 * asking.owed.mean),
            "claims_variance_milli": round(1000 * asking.owed.variance),
            "unclaimed": asking.owed.allowances,
            "days_left": asking.owed.days_left,
            "ramp_milli": round(1000 * asking.ramp),
            "released": int(asking.released),
            "spare_floors": self.spare_floors,
        }

    def _leaves(self, hours: ProfessionalHours, start: int) -> bool:
        """The same for one start: it counts only what it takes of the time that is anybody's."""
        free = hours.free_for_all() & ~self.gone
        after = free & ~grids.bits(start, self.asking.quanta)
        taken = free.bit_count() - after.bit_count()
        if taken == 0:
            return True
        if share.holds_too_much(self.nesting, self.asking) or self.left - taken < self.kept:
            return False
        floor = max(1, self.nesting.floor)
        lost = share.floors_in(free, floor) - share.floors_in(after, floor)
        return floor == 1 or lost <= self.spare_floors


def seen(day: Day, request: Request, now: datetime) -> Classes | None:
    """None under a rule without nested classes."""
    nesting = day.rule.nesting if day.rule is not None else None
    if nesting is None:
        return None
    asking = _asking(day, request, nesting, now)
    of_class = share.classify(nesting, asking)
    gone = _gone(day, now)
    left = [hours.free_for_all() & ~gone for hours in day.hours]
    fit = sum(share.floors_in(free, max(1, nesting.floor)) for free in left)
    standby = now + timedelta(minutes=nesting.standby_minutes)
    return Classes(
        nesting,
        asking,
        of_class,
        soon=grids.bits(0, day.grid.first_from(standby + timedelta(microseconds=1))),
        gone=gone,
        left=sum(free.bit_count() for free in left),
        kept=share.kept(nesting, asking, of_class),
        spare_floors=max(0, fit - share.offices_owed(nesting, asking)),
    )


def class_of(day: Day, request: Request, now: datetime) -> ShareClass | None:
    """The class of the request alone, wherever it lies; None under a rule without nested classes."""
    nesting = day.rule.nesting if day.rule is not None else None
    return None if nesting is None else share.classify(nesting, _asking(day, request, nesting, now))


def floors_fit(day: Day, nesting: Nesting, now: datetime) -> int:
    """How many floors fit into what is anybody's and can still be booked."""
    left = (hours.free_for_all() & ~_gone(day, now) for hours in day.hours)
    return sum(share.floors_in(free, max(1, nesting.floor)) for free in left)


def _gone(day: Day, now: datetime) -> int:
    """The quarter hours that nobody can book any more, begun or too near: nothing is kept in them."""
    notice = timedelta(minutes=day.rule.least_notice_minutes if day.rule else 0)
    return grids.bits(0, day.grid.first_from(now + notice))


def _asking(day: Day, request: Request, nesting: Nesting, now: datetime) -> Asking:
    use = day.use.get(request.office, Use())
    return Asking(
        quanta=request.quanta,
        used_day=use.day,
        used_week=use.week,
        share=day.shares.get(request.office, Share()),
        owed=day.owed,
        ramp=nesting.ramp(day.grid, now),
        released=day.released_at is not None and now >= day.released_at,
    )


def starts_left(day: Day, request: Request, fits: int, classes: Classes | None) -> int:
    """Those of the starts that fit which leave what must be left."""
    if classes is None:
        return fits
    left = 0
    for hours in day.hours:
        if request.may_have(hours):
            own = grids.starts(hours.free_for(request.office), request.quanta) & fits & ~left
            left |= classes.starts_left(hours, request.office, own)
    return left
