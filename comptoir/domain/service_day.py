"""A service day as plain values, what is asked of it, and what `domain.admission` may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from comptoir.domain.grid import Grid
from comptoir.domain.rule import SharingRule
from comptoir.domain.share import Owed, Share, ShareClass


class Reason(StrEnum):
    """Why a request was refused. Each has an English and a French sentence and a next step."""

    OFFICE_NOT_ACTIVE = "office_not_active"
    PAST = "past"
    CLOSED = "closed"
    BEYOND_HORIZON = "beyond_horizon"
    NOT_PUBLISHED = "not_published"
    LENGTH_NOT_OFFERED = "length_not_offered"
    DAY_LIMIT = "day_limit"
    WEEK_LIMIT = "week_limit"
    HOLDS_TOO_MUCH = "holds_too_much"
    KEPT = "kept"
    WOULD_SPLIT = "would_split"
    NO_TIME = "no_time"
    TOO_SOON = "too_soon"
    OFF_QUARTER = "off_quarter"
    NOT_WORKED = "not_worked"
    TIME_TAKEN = "time_taken"


@dataclass(frozen=True, slots=True)
class Reserve:
    """A part of a professional's hours that only these offices may book."""

    mask: int
    offices: frozenset[int]


@dataclass(frozen=True, slots=True)
class ProfessionalHours:
    """What one professional offers on the day and what of it is taken (claims and live holds)."""

    professional: int
    languages: frozenset[str]
    offered: int
    taken: int = 0
    reserves: tuple[Reserve, ...] = ()

    def free_for(self, office: int) -> int:
        """The mask of quarter hours this office could still take."""
        free = self.offered & ~self.taken
        for reserve in self.reserves:
            if office not in reserve.offices:
                free &= ~reserve.mask
        return free

    def free_for_all(self) -> int:
        """The mask of free quarter hours that are kept for nobody: what the classes share."""
        free = self.offered & ~self.taken
        for reserve in self.reserves:
            free &= ~reserve.mask
        return free


@dataclass(frozen=True, slots=True)
class Use:
    """What an office has used of the day and of its week, in quanta, late losses included."""

    day: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One service day as plain values. `rule=None` or no hours: the day is not on offer.

    `closed` says why there are no hours; it is not looked at when there are some. `owed`, `shares` by
    office and `released_at` are for a rule with nested classes (`domain.share`).
    """

    on: date
    grid: Grid
    rule: SharingRule | None
    last_bookable: date
    hours: tuple[ProfessionalHours, ...] = ()
    use: Mapping[int, Use] = field(default_factory=dict)
    first_bookable: date = date.min
    closed: bool = False
    owed: Owed = Owed()
    shares: Mapping[int, Share] = field(default_factory=dict)
    released_at: datetime | None = None
    own_rules: Mapping[int, SharingRule] = field(default_factory=dict)

    def seen_by(self, office: int) -> Day:
        """The day under the rule that the office is under."""
        own = self.own_rules.get(office)
        return self if own is None else replace(self, rule=own)

    @property
    def worked(self) -> bool:
        """Whether anybody offers any of it."""
        return any(hours.offered for hours in self.hours)


@dataclass(frozen=True, slots=True)
class Request:
    """What an office asks for. `start` is a quarter hour of the day's grid, None for the soonest.

    `professional` narrows the choice (a hold, a rebooking); `seed` settles what is otherwise equal,
    so that the same values always give the same answer.
    """

    office: int
    quanta: int
    language: str
    start: int | None = None
    professional: int | None = None
    office_active: bool = True
    seed: int = 0

    def may_have(self, hours: ProfessionalHours) -> bool:
        """Whether this professional may be asked at all."""
        asked_for = self.professional in (None, hours.professional)
        return asked_for and self.language in hours.languages


@dataclass(frozen=True, slots=True)
class Admitted:
    """The request is granted: this professional, this quarter hour, taken of this class if there are any."""

    professional: int
    start: int
    counters: Mapping[str, int]
    of_class: ShareClass | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is refused: the reason and the numbers that made it so.

    Where there is one, `instead` among them is a shorter length that would be granted as the floor.
    """

    reason: Reason
    counters: Mapping[str, int]
    of_class: ShareClass | None = None
