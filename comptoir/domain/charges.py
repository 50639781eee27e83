"""What time that an office gave up late still costs it: quarter hours pending, refunded or lost.

Nothing punishes: who gives time up with little notice goes on paying for it out of the week of that
day, until somebody else uses it. With notice enough, excused, or at the centre's doing it costs
nothing; each quarter hour that is taken again is refunded; one that begins empty is lost, and stays
charged to that week and to no other. Not attending is giving up at the start. No money, no bans, no
other day's floor and no other week's allowance is touched (design of the capacity model, 2.5).

To store it: one row for each *pending* quarter hour, with the key of a claim (professional, instant),
which two appointments given up cannot share, because the second could only be booked by refunding
the first. It is counted as late from the beginning. A booking deletes the rows it covers and takes
them off their offices' counters in its own transaction, with an event of as many quanta below nought;
a row whose instant is past is a loss, so that settling needs no job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from comptoir.domain import grid as grids
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import Grid
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Use


class OutsideTheDay(ValueError):
    """An appointment must take one or more of the quarter hours of its day."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment: `quanta` quarter hours of a professional from `start` of the day's grid on.

    Raises OutsideTheDay if the grid does not hold them.
    """

    on: date
    grid: Grid
    office: int
    professional: int
    start: int
    quanta: int

    def __post_init__(self) -> None:
        if self.quanta < 1 or not 0 <= self.start <= self.grid.quanta - self.quanta:
            raise OutsideTheDay(f"{self.quanta} from {self.start} in {self.grid.quanta}.")

    @property
    def mask(self) -> int:
        """Its quarter hours."""
        return grids.bits(self.start, self.quanta)


@dataclass(frozen=True, slots=True)
class Charge:
    """The quarter hours of one appointment given up, as three disjoint masks that make up all of it.

    `pending` may still be refilled and is charged until then, `lost` is charged for good, `refunded`
    is not charged.
    """

    booked: Booked
    pending: int = 0
    refunded: int = 0
    lost: int = 0

    @property
    def quanta(self) -> int:
        """How much of it is charged, in quanta."""
        return (self.pending | self.lost).bit_count()


def given_up(booked: Booked, rule: SharingRule, now: datetime, *, excused: bool = False) -> Charge:
    """What the appointment costs once it is given up at `now`, under the rule of its day.

    `excused`: by the centre, or by the office for a reason that excuses. Later than the start counts
    as no notice, and so does not attending: quarter hours that have begun by then are lost at once.
    """
    notice = max(timedelta(0), booked.grid.instant(booked.start) - now)
    charge = Charge(booked, pending=booked.mask)
    if excused or not rule.late_counts or not rule.is_late(notice):
        return excuse(charge)
    return settled(charge, begun(booked.grid, now))


def refilled(charge: Charge, professional: int, mask: int) -> Charge:
    """The charge after these quarter hours of a professional were taken again, by whomever.

    Also by the office itself, so that moving an appointment costs no more than what it leaves empty,
    and by the centre that withdraws the hours: nobody could have refilled them.
    """
    if professional != charge.booked.professional:
        return charge
    again = charge.pending & mask
    return replace(charge, pending=charge.pending & ~again, refunded=charge.refunded | again)


def settled(charge: Charge, gone: int) -> Charge:
    """The charge once the quarter hours `gone` have begun: what is still pending of them is lost."""
    over = charge.pending & gone
    return replace(charge, pending=charge.pending & ~over, lost=charge.lost | over)


def excuse(charge: Charge) -> Charge:
    """The charge once there is an excuse, however late it is accepted: nothing of it is left."""
    return Charge(charge.booked, refunded=charge.booked.mask)


def begun(grid: Grid, now: datetime) -> int:
    """The quarter hours that began before `now`; admission may still grant one that begins then."""
    return grids.bits(0, grid.first_from(now))


def charged(charges: Iterable[Charge], office: int, on: date) -> Use:
    """What these charges add to an office's use of the day `on` and of its week."""
    own = [charge for charge in charges if charge.booked.office == office]
    week = [charge for charge in own if monday_of(charge.booked.on) == monday_of(on)]
    day = [charge for charge in week if charge.booked.on == on]
    return Use(day=sum(c.quanta for c in day), week=sum(c.quanta for c in week))
