"""Every refusal in one sentence, and the next thing the office can do; in the language of the page.

What is said of a whole decision, with the numbers it was made on, is `queries.decisions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.service_day import Reason
from comptoir.domain.share import ShareClass
from comptoir.liaison.models import Decision, Side
from comptoir.liaison.queries import missed
from comptoir.liaison.queries.times import DayTimes, Instead
from comptoir.ui.times import duration


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened and what to do next, both whole sentences.

    `decision` is the number of the decision it is about. What is only looked up writes none.
    """

    sentence: str
    next_step: str
    decision: int | None = None


Counters = Mapping[str, int]


def explain(reason: str, counters: Counters) -> Explanation:
    """The words for a refusal with these numbers (in quanta)."""
    return _WORDS[Reason(reason)](counters)


def of(decision: Decision) -> Explanation:
    """The words for a decision, granted or refused."""
    if not decision.accepted:
        words = _with_missed_floor(explain(decision.reason, decision.counters), decision)
    else:
        words = Explanation(_granted(decision), "")
    return replace(words, decision=decision.pk)


def _with_missed_floor(words: Explanation, decision: Decision) -> Explanation:
    """The same, and what is made good if the office's floor of the day was not there for it."""
    by_office = decision.side == Side.OFFICE
    owed = by_office and decision.counters.get("floor_missed")
    if not owed or not missed.is_made_good(decision.policy):
        return words
    made_good = _(
        "What is guaranteed to your office that day is gone: unless it has or is offered some of that day, what it waits for on the next service day comes first."
    )
    return replace(words, next_step=f"{words.next_step} {made_good}")


def _granted(decision: Decision) -> str:
    minutes = {"asked": _minutes(decision.counters, "asked")}
    if decision.of_class == ShareClass.GUARANTEED:
        return (
            _("You asked for %(asked)s, which is guaranteed to your office on that day.") % minutes
        )
    if decision.of_class == ShareClass.ALLOTTED:
        return _("You asked for %(asked)s, which your office is allotted of that week.") % minutes
    if decision.of_class == ShareClass.DIRECTED:
        return _("You asked for %(asked)s of hours that are meant for your office.") % minutes
    if decision.of_class == ShareClass.OPEN:
        return _("You asked for %(asked)s, and nothing of it was kept for others.") % minutes
    return _("You asked for %(asked)s, which is within the limits of your office.") % minutes


def _minutes(counters: Counters, name: str) -> str:
    return duration(counters.get(name, 0) * QUANTUM_MINUTES)


def _within_limits(counters: Counters) -> int:
    """What both limits leave, in quanta: an advice must not lead to the next refusal."""
    day = counters["day_limit"] - counters["day_used"]
    return max(min(day, counters["week_limit"] - counters["week_used"]), 0)


def _another_week() -> str:
    return _("Choose a day of another week: the count begins again on Monday.")


def _day_limit(counters: Counters) -> Explanation:
    left = _within_limits(counters)
    sentence = _(
        "You asked for %(asked)s; an office may have %(limit)s a day, and yours has used %(used)s of that day."
    ) % {
        "asked": _minutes(counters, "asked"),
        "limit": _minutes(counters, "day_limit"),
        "used": _minutes(counters, "day_used"),
    }
    if left:
        return Explanation(
            sentence,
            _own_share(counters)
            or _("Ask for %(left)s or less on that day, or choose another day.")
            % {"left": duration(left * QUANTUM_MINUTES)},
        )
    if counters["week_used"] >= counters["week_limit"]:
        return Explanation(sentence, _another_week())
    return Explanation(
        sentence,
        _("Choose another day, or move or cancel an appointment of that day in good time."),
    )


def _week_limit(counters: Counters) -> Explanation:
    left = max(counters["week_limit"] - counters["week_used"], 0)
    sentence = _(
        "You asked for %(asked)s; an office may have %(limit)s a week, and yours has used %(used)s of that week."
    ) % {
        "asked": _minutes(counters, "asked"),
        "limit": _minutes(counters, "week_limit"),
        "used": _minutes(counters, "week_used"),
    }
    if left:
        return Explanation(
            sentence,
            _own_share(counters)
            or _("Ask for %(left)s or less in that week, or choose a day of another week.")
            % {"left": duration(left * QUANTUM_MINUTES)},
        )
    return Explanation(sentence, _another_week())


def _no_time(counters: Counters) -> Explanation:
    return Explanation(
        _(
            "On that day no professional who speaks the language you chose has %(asked)s free in one piece."
        )
        % {"asked": _minutes(counters, "asked")},
        _own_share(counters)
        or _("Ask for a shorter appointment, the other language, or another day."),
    )


def _time_taken(counters: Counters) -> Explanation:
    return Explanation(
        _("That time has just been taken, or is no longer free for as long as you need."),
        _own_share(counters) or _("Choose one of the times in the list."),
    )


def _too_soon(counters: Counters) -> Explanation:
    return Explanation(
        _("That time begins too soon for a professional to be ready."),
        _("Choose a later time."),
    )


def _past(counters: Counters) -> Explanation:
    return Explanation(_("That time is past."), _("Choose a time that is still to come."))


def _closed(counters: Counters) -> Explanation:
    return Explanation(_("The centre is closed on that day."), _("Choose another day."))


def _off_quarter(counters: Counters) -> Explanation:
    return Explanation(
        _("Appointments begin on the hour, or 15, 30 or 45 minutes past it."),
        _("Choose one of the times in the list."),
    )


def _not_worked(counters: Counters) -> Explanation:
    return Explanation(
        _(
            "At that time no professional who speaks the language you chose is at work for %(asked)s in one piece."
        )
        % {"asked": _minutes(counters, "asked")},
        _("Choose one of the times in the list."),
    )


def _beyond_horizon(counters: Counters) -> Explanation:
    return Explanation(
        _("That day is further ahead than appointments can be booked."),
        _("Choose an earlier day, or come back when that day opens."),
    )


def _not_published(counters: Counters) -> Explanation:
    return Explanation(
        _("No hours are on offer on that day."),
        _("Choose another day. Hours appear as soon as the centre publishes them."),
    )


def _length_not_offered(counters: Counters) -> Explanation:
    return Explanation(
        _("An appointment cannot last %(asked)s.") % {"asked": _minutes(counters, "asked")},
        _("Choose one of the lengths on offer."),
    )


def _office_not_active(counters: Counters) -> Explanation:
    return Explanation(
        _("This office is suspended or closed and cannot book."),
        _("If that is a mistake, write to the centre: it can reopen the office."),
    )


def _holds_too_much(counters: Counters) -> Explanation:
    return Explanation(
        _("Your office may hold %(cap)s of appointments ahead and holds %(held)s.")
        % {"cap": _minutes(counters, "holding_cap"), "held": _minutes(counters, "held")},
        _own_share(counters)
        or _("Book again once one of them is over, or cancel one that you do not need."),
    )


def _own_share(counters: Counters) -> str:
    """The next step where the office's own floor is there for it; else nothing."""
    if not counters.get("instead"):
        return ""
    return _("Your own share of that day, %(instead)s, is yours now if you take it.") % {
        "instead": _minutes(counters, "instead")
    }


def _kept(counters: Counters) -> Explanation:
    sentence = _(
        "You asked for %(asked)s. Still free that day: %(left)s. Kept for offices that have not had their share: %(kept)s."
    ) % {name: _minutes(counters, name) for name in ("asked", "left", "kept")}
    return Explanation(
        sentence,
        _own_share(counters)
        or _("Choose another day, or come back: what nobody claims is released."),
    )


def _would_split(counters: Counters) -> Explanation:
    return Explanation(
        _("At that time you would break up time that is kept for offices that have had none yet."),
        _own_share(counters) or _("Choose another of the times in the list, or another day."),
    )


_WORDS: Mapping[Reason, Callable[[Counters], Explanation]] = {
    Reason.DAY_LIMIT: _day_limit,
    Reason.WEEK_LIMIT: _week_limit,
    Reason.HOLDS_TOO_MUCH: _holds_too_much,
    Reason.KEPT: _kept,
    Reason.WOULD_SPLIT: _would_split,
    Reason.NO_TIME: _no_time,
    Reason.TIME_TAKEN: _time_taken,
    Reason.TOO_SOON: _too_soon,
    Reason.PAST: _past,
    Reason.CLOSED: _closed,
    Reason.OFF_QUARTER: _off_quarter,
    Reason.NOT_WORKED: _not_worked,
    Reason.BEYOND_HORIZON: _beyond_horizon,
    Reason.NOT_PUBLISHED: _not_published,
    Reason.LENGTH_NOT_OFFERED: _length_not_offered,
    Reason.OFFICE_NOT_ACTIVE: _office_not_active,
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a list of times: its starts in order, or the words for why there are none.

    `instead` is what of its own floor the office can have on such a day.
    """

    on: date
    starts: tuple[datetime, ...]
    explanation: Explanation | None
    can_be_waited_for: bool = False
    instead: Instead | None = None


WAITED_OUT = (Reason.NO_TIME, Reason.KEPT, Reason.WOULD_SPLIT, Reason.TIME_TAKEN)
"""What may change without the office doing anything: it can wait for it."""


def can_be_waited_for(decision: Decision) -> bool:
    """Whether it was refused for a reason that may go away by itself."""
    return decision.reason in WAITED_OUT


def at_that_time_already() -> Explanation:
    """The words for a move that would move nothing."""
    return Explanation(
        _("Your appointment is at that time already."),
        _("Choose another time, or leave it where it is."),
    )


def _why_none(day: DayTimes) -> Explanation | None:
    """Why a day of a list has no times; None when it has some."""
    if day.starts:
        return None
    if day.refused is not None:
        return explain(day.refused.reason, day.refused.counters)
    return Explanation(
        _("The only time that could be booked on that day is the one your appointment has."),
        _("Choose another day, or leave it where it is."),
    )


def for_days(found: Iterable[DayTimes]) -> list[DayRow]:
    """The days of a list of times, each refusal in words."""
    return [
        DayRow(
            day.on,
            day.starts,
            _why_none(day),
            can_be_waited_for=day.refused is not None and day.refused.reason in WAITED_OUT,
            instead=day.instead,
        )
        for day in found
    ]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused decision and its words."""

    decision: Decision
    explanation: Explanation


def with_words(decisions: Iterable[Decision]) -> list[Refusal]:
    """Refused decisions, each explained from the numbers it was made on."""
    return [Refusal(decision, of(decision)) for decision in decisions]
