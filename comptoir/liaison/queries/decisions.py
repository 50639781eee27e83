"""One decision of the sharing rule told in full, and the list of decisions.

The sentence of the answer is `explanations`'; around it stand what was asked, the numbers that were
used and what to do next. A page and `comptoir liaison explain` say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.service_day import Reason
from comptoir.domain.share import ShareClass
from comptoir.liaison.models import Appointment, Decision
from comptoir.liaison.queries import explanations
from comptoir.ui.times import duration, long_date, moment

BY_LIMIT = frozenset({Reason.DAY_LIMIT, Reason.WEEK_LIMIT})
"""Refusals whose own sentence says what was used of the limits."""

FOR_OTHERS = frozenset({Reason.KEPT, Reason.WOULD_SPLIT})
"""Refusals for the sake of others."""

MILLI = 1000


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a decision, with a plain label."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in whole sentences, in the order in which they are read, and the next step."""

    decision: Decision
    sentences: tuple[str, ...]
    next_step: str
    of_class: str
    """What the time was, or would have been, taken of; empty under a rule without classes."""


def told(decision: Decision) -> Told:
    """What was asked, what was decided and why, on which numbers, and what to do next."""
    why = explanations.of(decision)
    answer = _("It was granted.") if decision.accepted else _("It was refused.")
    said = [_asked(decision), answer, why.sentence, *_used(decision), *_kept_for_others(decision)]
    return Told(decision, tuple(said), why.next_step, _of_class(decision))


def _of_class(decision: Decision) -> str:
    words = {
        ShareClass.GUARANTEED: _("time guaranteed to your office"),
        ShareClass.ALLOTTED: _("time allotted to your office"),
        ShareClass.OPEN: _("time open to all"),
        ShareClass.DIRECTED: _("hours meant for your office"),
    }
    return words[ShareClass(decision.of_class)] if decision.of_class else ""


def _asked(decision: Decision) -> str:
    at = {"at": moment(decision.at)}
    if decision.starts_at is None:
        return _("This request was made on %(at)s, for %(day)s.") % {
            **at,
            "day": long_date(decision.on),
        }
    return _("This request was made on %(at)s, for %(start)s.") % {
        **at,
        "start": moment(decision.starts_at),
    }


def _used(decision: Decision) -> list[str]:
    """What the office had used of what it may have, where the answer has not said so already."""
    counters = decision.counters
    if "allowance" in counters:
        return [_used_of_allowance(counters)]
    if "day_limit" not in counters or decision.reason in BY_LIMIT:
        return []
    sentence = _(
        "Until then your office had used %(day_used)s of %(day_limit)s of that day and %(week_used)s of %(week_limit)s of that week."
    )
    names = ("day_used", "day_limit", "week_used", "week_limit")
    return [sentence % {name: _time(counters[name]) for name in names}]


def _used_of_allowance(counters: Mapping[str, int]) -> str:
    allowance, used = counters["allowance"], counters["week_used"]
    said = {"allowance": _time(allowance), "used": _time(used)}
    if not allowance:
        return _(
            "Nothing of that week is allotted to your office: it may have what is open to all."
        )
    if used >= allowance:
        return _("Your share of that week, %(allowance)s, is used.") % said
    return _("Your office had used %(used)s of its share of that week, %(allowance)s.") % said


def _kept_for_others(decision: Decision) -> list[str]:
    """For how many offices a floor was kept, where time was refused for their sake."""
    owed = decision.counters.get("offices_owed", 0)
    if decision.reason not in FOR_OTHERS or not owed:
        return []
    sentence = ngettext(
        "For %(n)s other office that had not booked on that day, %(kept)s was kept.",
        "For %(n)s other offices that had not booked on that day, %(kept)s was kept.",
        owed,
    )
    return [sentence % {"kept": _time(decision.counters["kept_for_floors"]), "n": owed}]


def _time(quanta: int) -> str:
    return duration(quanta * QUANTUM_MINUTES)


def _count(count: int) -> str:
    return str(formats.number_format(count))


def _thousandths(count: int) -> str:
    return str(formats.number_format(count / MILLI, decimal_pos=3))


def _yes_or_no(flag: int) -> str:
    return _("yes") if flag else _("no")


_LABELS: Mapping[str, tuple[str | Promise, Callable[[int], str]]] = {
    "asked": (gettext_lazy("Asked for"), _time),
    "free": (gettext_lazy("Free for your office, in the language asked for"), _time),
    "day_used": (gettext_lazy("Used of that day by your office"), _time),
    "day_limit": (gettext_lazy("Limit of a day"), _time),
    "week_used": (gettext_lazy("Used of that week by your office"), _time),
    "week_limit": (gettext_lazy("Limit of a week"), _time),
    "allowance": (gettext_lazy("Allotted to your office of that week"), _time),
    "held": (gettext_lazy("Held ahead by your office"), _time),
    "holding_cap": (gettext_lazy("What your office may hold ahead"), _time),
    "left": (gettext_lazy("Free that day, kept for no office alone"), _time),
    "kept": (gettext_lazy("What had to stay free"), _time),
    "kept_for_floors": (gettext_lazy("Guaranteed to other offices, not yet taken"), _time),
    "offices_owed": (gettext_lazy("Other offices for which a guaranteed time was kept"), _count),
    "offices_unclaimed": (gettext_lazy("Offices that had not taken their guaranteed time"), _count),
    "claims_expected_milli": (gettext_lazy("How many of them were expected to come"), _thousandths),
    "claims_variance_milli": (gettext_lazy("Variance of that number"), _thousandths),
    "unclaimed": (gettext_lazy("Allotted to all offices of that week, not yet taken"), _time),
    "days_left": (gettext_lazy("Service days left of that week"), _count),
    "ramp_milli": (gettext_lazy("Part of the guaranteed time that was still kept"), _thousandths),
    "released": (gettext_lazy("What is allotted had been released to all"), _yes_or_no),
    "spare_floors": (gettext_lazy("Guaranteed times that could be broken up"), _count),
    "instead": (gettext_lazy("Offered at once, as guaranteed to your office"), _time),
    "floor_missed": (gettext_lazy("Guaranteed to your office, and not there any more"), _time),
}


def numbers(decision: Decision) -> list[Number]:
    """Every number the rule looked at, as stored, in the order of the labels; none is left out."""
    counters = decision.counters
    known = [
        Number(str(label), show(counters[name]))
        for name, (label, show) in _LABELS.items()
        if name in counters
    ]
    unnamed = sorted(counters.keys() - _LABELS.keys())
    return known + [Number(name, str(counters[name])) for name in unnamed]


def appointment_of(decision: Decision) -> Appointment | None:
    """The appointment that was booked by it, if one was."""
    if not decision.accepted:
        return None
    return Appointment.objects.filter(decision=decision).only("reference", "office_id").first()


def listed(*, on: date | None, office: str, accepted: bool | None) -> QuerySet[Decision]:
    """The decisions about a service day, of the office with this reference, granted or refused.

    What is empty or None is not asked about. The latest first: they are numbered as they are made.
    """
    found = Decision.objects.select_related("office", "policy")
    if on is not None:
        found = found.filter(on=on)
    if office:
        found = found.filter(office__reference=office)
    if accepted is not None:
        found = found.filter(accepted=accepted)
    return found.order_by("-pk")
