"""A plain twin of admission: the same questions answered by trying, with sets of indexes and no bits.

Slow and obvious on purpose. It shares with the product only the values it is asked about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from statistics import NormalDist

from comptoir.domain.service_day import Day, ProfessionalHours, Reason, Request, Use
from comptoir.domain.share import Nesting, Share

QUARTER = timedelta(minutes=15)


def places(mask: int) -> set[int]:
    """The positions of the ones, read from the binary notation."""
    return {i for i, digit in enumerate(reversed(f"{mask:b}")) if digit == "1"}


def mask_of(indexes: set[int]) -> int:
    """The other way round."""
    return sum(2**i for i in indexes)


def free_places(hours: ProfessionalHours, office: int) -> set[int]:
    """The quarter hours of one professional that this office may still take."""
    kept_from_it = {i for r in hours.reserves if office not in r.offices for i in places(r.mask)}
    return places(hours.offered) - places(hours.taken) - kept_from_it


def willing(day: Day, request: Request) -> list[ProfessionalHours]:
    """The professionals who may be asked at all."""
    return [
        hours
        for hours in day.hours
        if request.language in hours.languages
        and (request.professional is None or request.professional == hours.professional)
    ]


def can_take(hours: ProfessionalHours, request: Request, start: int) -> bool:
    """Whether one professional is free for the whole of it."""
    return all(start + i in free_places(hours, request.office) for i in range(request.quanta))


def refused_by_day(day: Day) -> Reason | None:
    """What would be refused to every office, whatever it asked for."""
    if day.rule is None:
        return Reason.NOT_PUBLISHED
    if day.on < day.first_bookable:
        return Reason.PAST
    if day.closed and all(places(hours.offered) == set() for hours in day.hours):
        return Reason.CLOSED
    if day.on > day.last_bookable:
        return Reason.BEYOND_HORIZON
    if len(day.hours) == 0:
        return Reason.NOT_PUBLISHED
    return None


def refused_by_rule(day: Day, request: Request) -> Reason | None:
    """The refusals that no time of day could change, in the order in which they are told."""
    if not request.office_active:
        return Reason.OFFICE_NOT_ACTIVE
    by_day = refused_by_day(day)
    if by_day is not None or day.rule is None:
        return by_day
    if request.quanta * 15 not in day.rule.lengths:
        return Reason.LENGTH_NOT_OFFERED
    use = day.use.get(request.office, Use())
    if (use.day + request.quanta) * 15 > day.rule.minutes_per_day:
        return Reason.DAY_LIMIT
    if (use.week + request.quanta) * 15 > day.rule.minutes_per_week:
        return Reason.WEEK_LIMIT
    return None


def soon_enough(day: Day, start: int, now: datetime) -> bool:
    """Whether the least notice is kept."""
    notice = timedelta(minutes=day.rule.least_notice_minutes if day.rule else 0)
    return day.grid.starts_at + start * QUARTER >= now + notice


def is_past(day: Day, start: int, now: datetime) -> bool:
    """Whether the time had come before anybody asked."""
    return day.grid.starts_at + start * QUARTER < now


def is_worked(day: Day, request: Request, start: int) -> bool:
    """Whether somebody who may be asked works all of it, taken or not."""
    asked_for = {start + i for i in range(request.quanta)}
    return any(asked_for <= places(hours.offered) for hours in willing(day, request))


def refused_by_calendar(day: Day, request: Request, start: int, now: datetime) -> Reason:
    """Why this start is none of those on offer, on a day that the rule leaves open."""
    if is_past(day, start, now):
        return Reason.PAST
    if not soon_enough(day, start, now):
        return Reason.TOO_SOON
    if not offered_starts(day, request, now):
        return Reason.NO_TIME
    return Reason.TIME_TAKEN if is_worked(day, request, start) else Reason.NOT_WORKED


def offered_starts(day: Day, request: Request, now: datetime) -> set[int]:
    """Every start that should be shown, by trying each."""
    if refused_by_rule(day, request) is not None:
        return set()
    return {
        start
        for start in range(day.grid.quanta)
        if soon_enough(day, start, now)
        and any(
            can_take(hours, request, start) and leaves_enough(day, request, hours, start, now)
            for hours in willing(day, request)
        )
    }


def common_places(day: Day, hours: ProfessionalHours, now: datetime) -> set[int]:
    """What is free of one professional, not begun, and directed at nobody."""
    directed = {i for reserve in hours.reserves for i in places(reserve.mask)}
    free = places(hours.offered) - places(hours.taken) - directed
    return {i for i in free if soon_enough(day, i, now)}


def floors_laid(free: set[int], floor: int) -> int:
    """How many floors fit, by laying them from the left."""
    laid, at = 0, 0
    while free and at <= max(free):
        fits = all(at + i in free for i in range(floor))
        laid, at = (laid + 1, at + floor) if fits else (laid, at + 1)
    return laid


def floors_promised(day: Day, request: Request, nesting: Nesting, now: datetime) -> int:
    """To how many other offices a floor must be left."""
    own = day.shares.get(request.office, Share())
    others = day.owed.offices - (1 if own.owed else 0)
    if nesting.miss_per_mille > 0:
        mean, variance = day.owed.mean, day.owed.variance
        if own.owed:
            mean, variance = mean - own.chance, variance - own.chance * (1 - own.chance)
        level = NormalDist().inv_cdf(1 - nesting.miss_per_mille / 1000)
        others = min(others, ceil(mean + level * max(variance, 0) ** 0.5 - 1e-9))
    minutes = max(0.0, (now - day.grid.starts_at).total_seconds() / 60)
    part = max(0.0, 1 - minutes / nesting.ramp_minutes)
    return max(0, ceil(others * part - 1e-9))


def quarters_promised(day: Day, request: Request, nesting: Nesting, now: datetime) -> int:
    """How many quarter hours must be left by this request, floors and allowances together."""
    use, own = day.use.get(request.office, Use()), day.shares.get(request.office, Share())
    released = day.released_at is not None and now >= day.released_at
    promised = floors_promised(day, request, nesting, now) * (nesting.floor_minutes // 15)
    within_week = use.week + request.quanta <= own.allowance
    most = ceil(own.allowance * nesting.day_cap_percent / 100)
    if released or (within_week and use.day + request.quanta <= most):
        return promised
    unclaimed = max(0, day.owed.allowances - max(0, own.allowance - use.week))
    share = unclaimed * nesting.take_up_percent / 100 / max(1, day.owed.days_left)
    return max(promised, ceil(share - 1e-9))


def leaves_enough(
    day: Day, request: Request, hours: ProfessionalHours, start: int, now: datetime
) -> bool:
    """Whether, taken there, everybody is left what is promised."""
    nesting = day.rule.nesting if day.rule else None
    at = day.grid.starts_at + start * QUARTER
    if nesting is None or at - now <= timedelta(minutes=nesting.standby_minutes):
        return True
    before = {h.professional: common_places(day, h, now) for h in day.hours}
    after = before[hours.professional] - {start + i for i in range(request.quanta)}
    if after == before[hours.professional]:
        return True
    floor, use = nesting.floor_minutes // 15, day.use.get(request.office, Use())
    own = day.shares.get(request.office, Share())
    guaranteed = (own.owed or use.day > 0) and use.day + request.quanta <= floor
    if not guaranteed:
        most = max(
            nesting.least_held_minutes // 15, ceil(own.allowance * nesting.holding_percent / 100)
        )
        left = sum(map(len, before.values())) - (len(before[hours.professional]) - len(after))
        promised = quarters_promised(day, request, nesting, now)
        if own.held + request.quanta > most or left < promised:
            return False
    if floor <= 1:
        return True
    fit = sum(floors_laid(free, floor) for free in before.values())
    lost = floors_laid(before[hours.professional], floor) - floors_laid(after, floor)
    return lost == 0 or fit - lost >= floors_promised(day, request, nesting, now)


def class_of(day: Day, request: Request, who: int, start: int, now: datetime) -> str | None:
    """What the request takes of, at that start of that professional; None without classes."""
    nesting = day.rule.nesting if day.rule else None
    if nesting is None:
        return None
    (hours,) = [hours for hours in day.hours if hours.professional == who]
    directed = {i for reserve in hours.reserves for i in places(reserve.mask)}
    if all(start + i in directed for i in range(request.quanta)):
        return "directed"
    use, own = day.use.get(request.office, Use()), day.shares.get(request.office, Share())
    wanted_day, wanted_week = use.day + request.quanta, use.week + request.quanta
    if (own.owed or use.day > 0) and wanted_day <= nesting.floor_minutes // 15:
        return "guaranteed"
    released = day.released_at is not None and now >= day.released_at
    within_day = released or wanted_day <= ceil(own.allowance * nesting.day_cap_percent / 100)
    return "allotted" if within_day and wanted_week <= own.allowance else "open"


def floor_instead(day: Day, request: Request, now: datetime) -> int:
    """What is left of the office's own floor, if it is less than it asked and to be had; else 0."""
    nesting = day.rule.nesting if day.rule else None
    used = day.use.get(request.office, Use()).day
    unclaimed = day.shares.get(request.office, Share()).owed or used > 0
    rest = nesting.floor_minutes // 15 - used if nesting and unclaimed else 0
    if not 0 < rest < request.quanta:
        return 0
    shorter = replace(request, quanta=rest, start=None)
    return rest if offered_starts(day, shorter, now) else 0


def free_runs(places_free: set[int]) -> int:
    """How many separate stretches of free time there are."""
    return len([i for i in places_free if i - 1 not in places_free])


def stretch(places_free: set[int], start: int) -> int:
    """How long the stretch around `start` is."""
    first = last = start
    while first - 1 in places_free:
        first -= 1
    while last + 1 in places_free:
        last += 1
    return last - first + 1


def preference(hours: ProfessionalHours, request: Request, start: int) -> tuple[int, ...]:
    """What is preferred, smallest first, ties apart: by counting stretches before and after."""
    before = free_places(hours, request.office)
    after = before - {start + i for i in range(request.quanta)}
    return (
        len(hours.languages),
        free_runs(after) - free_runs(before),
        stretch(before, start),
        len(places(hours.taken)),
    )


def preferred(day: Day, request: Request, start: int, now: datetime) -> set[int]:
    """The professionals among whom only the seed decides."""
    able = [
        hours
        for hours in willing(day, request)
        if can_take(hours, request, start) and leaves_enough(day, request, hours, start, now)
    ]
    best = min(preference(hours, request, start) for hours in able)
    return {h.professional for h in able if preference(h, request, start) == best}
