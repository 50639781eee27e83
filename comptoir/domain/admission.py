"""Who may book what: the one function that lists times, enforces, explains, counts and simulates.

`admit` answers a request for one service day from plain values, without a clock, a database or a
draw of its own. What a screen offers is `offers`, which asks the same two questions: does the rule
allow this length to this office on this day, and where does it fit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from comptoir.domain import grid as grids
from comptoir.domain import nested, share
from comptoir.domain.nested import Classes
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Use,
)

KEPT_BACK = frozenset({Reason.HOLDS_TOO_MUCH, Reason.KEPT, Reason.WOULD_SPLIT})
"""Refused for the sake of others, by the classes."""

FOR_SO_MUCH = KEPT_BACK | {Reason.NO_TIME, Reason.TIME_TAKEN, Reason.DAY_LIMIT, Reason.WEEK_LIMIT}
"""Refused for as much as was asked: less of the same day may be granted."""


def admit(day: Day, request: Request, now: datetime) -> Admitted | Refused:
    """Grant or refuse `request` on `day` as it stands at `now`.

    The rule is asked first, the calendar second, so that an office over its limit is told so and
    not that nothing is free. Deterministic: equal arguments, equal answer.
    """
    day = day.seen_by(request.office)
    classes = nested.seen(day, request, now)
    reason = _rule_refuses(day, request)
    if reason is not None:
        return _refused(reason, day, request, classes, now)
    fits = _fits(day, request, now)
    if request.start is not None and not fits >> request.start & 1:
        reason = _not_there(day, request, request.start, fits, now)
        return _refused(reason, day, request, classes, now)
    if not fits:
        return _refused(Reason.NO_TIME, day, request, classes, now)
    asked = fits if request.start is None else 1 << request.start
    left = nested.starts_left(day, request, asked, classes)
    if not left:
        assert classes is not None, "a rule without classes keeps nothing back"
        return _refused(classes.refuses or Reason.WOULD_SPLIT, day, request, classes, now)
    wanted = next(grids.indexes(left))
    hours = _professional(day, request, wanted, classes)
    of_class = classes.class_at(hours, wanted) if classes else None
    counters = _counters(day, request, classes, now)
    return Admitted(hours.professional, wanted, counters, of_class)


def admit_at(day: Day, request: Request, instant: datetime, now: datetime) -> Admitted | Refused:
    """The same for an instant, which need not be one of the day's quarter hours.

    The rest of the rule still speaks first: an office at its limit is not sent to look for another
    minute.
    """
    try:
        start = day.grid.index(instant)
    except grids.OffGrid:
        answer = admit(day, replace(request, start=None), now)
        if instant < now and (isinstance(answer, Admitted) or answer.reason is Reason.NO_TIME):
            counters = {name: n for name, n in answer.counters.items() if name != "instead"}
            return Refused(Reason.PAST, counters)
        if isinstance(answer, Refused):
            return answer
        between = (instant - day.grid.starts_at) % grids.QUANTUM
        return Refused(Reason.OFF_QUARTER if between else Reason.NOT_WORKED, answer.counters)
    return admit(day, replace(request, start=start), now)


def offers(day: Day, request: Request, now: datetime) -> int:
    """The mask of starts at which `admit` would grant `request`; 0 when the rule refuses it."""
    day = day.seen_by(request.office)
    if _rule_refuses(day, request) is not None:
        return 0
    fits = _fits(day, request, now)
    return nested.starts_left(day, request, fits, nested.seen(day, request, now))


def _rule_refuses(day: Day, request: Request) -> Reason | None:
    """The part of the answer that does not depend on the time of day asked for."""
    if not request.office_active:
        return Reason.OFFICE_NOT_ACTIVE
    if day.rule is None:
        return Reason.NOT_PUBLISHED
    return _day_refuses(day) or _share_refuses(day, day.rule, request)


def _day_refuses(day: Day) -> Reason | None:
    """What will not change by waiting comes first: nobody is told to come back to a closed day."""
    if day.on < day.first_bookable:
        return Reason.PAST
    if day.closed and not day.worked:
        return Reason.CLOSED
    if day.on > day.last_bookable:
        return Reason.BEYOND_HORIZON
    return None if day.hours else Reason.NOT_PUBLISHED


def _share_refuses(day: Day, rule: SharingRule, request: Request) -> Reason | None:
    if request.quanta * grids.QUANTUM_MINUTES not in rule.lengths:
        return Reason.LENGTH_NOT_OFFERED
    use = day.use.get(request.office, Use())
    if use.day + request.quanta > rule.day_limit:
        return Reason.DAY_LIMIT
    if use.week + request.quanta > rule.week_limit:
        return Reason.WEEK_LIMIT
    return None


def _not_there(day: Day, request: Request, wanted: int, fits: int, now: datetime) -> Reason:
    """Why this start is none of those that fit: over, too near, nothing left, never worked, or gone."""
    if day.grid.instant(wanted) < now:
        return Reason.PAST
    if wanted < _first_start(day, now):
        return Reason.TOO_SOON
    if not fits:
        return Reason.NO_TIME
    worked = any(
        grids.starts(hours.offered, request.quanta) >> wanted & 1
        for hours in day.hours
        if request.may_have(hours)
    )
    return Reason.TIME_TAKEN if worked else Reason.NOT_WORKED


def _fits(day: Day, request: Request, now: datetime) -> int:
    """Where the request fits: the union over eligible professionals, from the least notice on."""
    fits = 0
    for hours in day.hours:
        if request.may_have(hours):
            fits |= grids.starts(hours.free_for(request.office), request.quanta)
    return fits & ~grids.bits(0, _first_start(day, now))


def _first_start(day: Day, now: datetime) -> int:
    notice = timedelta(minutes=day.rule.least_notice_minutes if day.rule else 0)
    return day.grid.first_from(now + notice)


def _professional(
    day: Day, request: Request, start: int, classes: Classes | None
) -> ProfessionalHours:
    """Who takes it: keep bilingual people free, break up free time least, spare the busiest.

    Fragmentation is the number of free runs after less before (-1 fills a gap exactly, 0 trims an
    end, 1 splits a run), then the length of the run used, shortest first. The seed settles ties.
    """
    wanted = 1 << start
    candidates = [
        hours
        for hours in day.hours
        if request.may_have(hours)
        and grids.starts(hours.free_for(request.office), request.quanta) & wanted
        and (classes is None or classes.starts_left(hours, request.office, wanted))
    ]

    def rank(hours: ProfessionalHours) -> tuple[int, int, int, int, bytes]:
        first, length = grids.run_around(hours.free_for(request.office), start)
        touches = (first == start) + (first + length == start + request.quanta)
        tie = blake2b(f"{request.seed}:{hours.professional}".encode(), digest_size=8).digest()
        return (len(hours.languages), 1 - touches, length, hours.taken.bit_count(), tie)

    return min(candidates, key=rank)


def _refused(
    reason: Reason, day: Day, request: Request, classes: Classes | None, now: datetime
) -> Refused:
    """The refusal, with the office's own floor in place of what it asked where that would be granted.

    Before the day begins a floor that is owed and could be had nowhere on it was missed: that is said too.
    """
    counters = _counters(day, request, classes, now)
    if classes is None:
        return Refused(reason, counters)
    floor = share.own_floor(classes.nesting, classes.asking) if reason in FOR_SO_MUCH else 0
    own = replace(request, quanta=min(floor, request.quanta), start=None)
    there = floor > 0 and offers(day, own, now) != 0
    if there and floor < request.quanta:
        counters["instead"] = floor
    owed = floor > 0 and classes.asking.share.owed and classes.asking.ramp == 1
    if owed and not there and _rule_refuses(day, own) is None:
        counters["floor_missed"] = floor
    return Refused(reason, counters, classes.of_class if reason in KEPT_BACK else None)


def _counters(day: Day, request: Request, classes: Classes | None, now: datetime) -> dict[str, int]:
    """The numbers an explanation needs, in quanta; free is what could still be booked at `now`."""
    use = day.use.get(request.office, Use())
    gone = grids.bits(0, _first_start(day, now))
    free = sum(
        (hours.free_for(request.office) & ~gone).bit_count()
        for hours in day.hours
        if request.language in hours.languages
    )
    counters = {"asked": request.quanta, "day_used": use.day, "week_used": use.week, "free": free}
    if day.rule is not None:
        counters |= {"day_limit": day.rule.day_limit, "week_limit": day.rule.week_limit}
    return counters | (classes.counters() if classes is not None else {})
