"""A version of the sharing rule in words, part by part, in the language of the page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comptoir.liaison.models import Policy
from comptoir.liaison.queries import kept, trusted
from comptoir.liaison.queries.kept import Term
from comptoir.ui import clock
from comptoir.ui.times import duration, time_of_day


def terms(policy: Policy, *, nested: bool | None = None) -> list[Term]:
    """Every number of the rule in words, in the same order always.

    Those of the nested classes are left out where the rule has none, unless they are compared.
    """
    found = [
        *limits(policy),
        *late(policy),
        *opening(policy),
        *waiting(policy),
        *trusted.asked(policy),
        *trusted.confirmed(policy),
    ]
    return found + (kept.terms(policy) if (policy.nested if nested is None else nested) else [])


def limits(policy: Policy) -> list[Term]:
    """How much an office may book, how far ahead, and how an appointment goes."""
    return [
        Term(_("A day, for each office"), duration(policy.minutes_per_day)),
        Term(_("A week, for each office"), duration(policy.minutes_per_week)),
        Term(_("Lengths on offer"), ", ".join(duration(minutes) for minutes in policy.lengths)),
        Term(_("Bookable"), _bookable(policy)),
        Term(_("An appointment can begin"), _begins(policy)),
        Term(
            _("Cases in one appointment"),
            _("at most %(n)s") % {"n": policy.most_case_lines},
        ),
        Term(_("A time is kept while an office types"), duration(policy.hold_minutes)),
    ]


def late(policy: Policy) -> list[Term]:
    """What is given up late or not attended, and what excuses it."""
    return [
        Term(_("Given up late"), _given_up_late(policy)),
        Term(_("Excused, though late"), _excused(policy)),
        Term(_("Nobody came"), _nobody_came(policy)),
    ]


def opening(policy: Policy) -> list[Term]:
    """How a new day opens."""
    return [Term(_("A new day opens"), _a_new_day(policy))]


def waiting(policy: Policy) -> list[Term]:
    """Who waits, and how what came free is offered."""
    return [
        Term(_("Waiting list"), _waiting_list(policy)),
        Term(_("What came free"), _what_came_free(policy) if policy.most_waiting else _("for all")),
        Term(_("After the centre cancelled"), _made_good(policy)),
        Term(
            _("Put on the list by one person"),
            _("at most %(n)s in 24 hours") % {"n": policy.most_filed_a_day},
        ),
    ]


def _bookable(policy: Policy) -> str:
    count = policy.horizon_business_days
    ahead = ngettext("%(n)s business day ahead", "%(n)s business days ahead", count) % {"n": count}
    notice = _("with at least %(notice)s of notice") % {
        "notice": duration(policy.least_notice_minutes)
    }
    return f"{ahead}, {notice}"


def _given_up_late(policy: Policy) -> str:
    notice = _("with less than %(notice)s of notice") % {
        "notice": duration(policy.late_notice_minutes)
    }
    counts = _("it still counts") if policy.late_counts else _("it does not count")
    return f"{notice} – {counts}"


def _excused(policy: Policy) -> str:
    if not policy.excuses:
        return _("nothing")
    checked = _("%(part)s%% of it is drawn to be checked") % {
        "part": policy.excuses_checked_percent
    }
    return f"{', '.join(policy.excuses)} – {checked}"


def _begins(policy: Policy) -> str:
    if not policy.start_early_minutes:
        return _("from its time on")
    return _("at the earliest %(early)s before its time") % {
        "early": duration(policy.start_early_minutes)
    }


def _nobody_came(policy: Policy) -> str:
    if not policy.no_show_after_minutes:
        return _("said from the start on")
    return _("said at the earliest %(wait)s after the start") % {
        "wait": duration(policy.no_show_after_minutes)
    }


def _a_new_day(policy: Policy) -> str:
    if not policy.batch_minutes:
        return _("at midnight, first come, first served")
    opens = datetime.combine(policy.valid_from, policy.opens_at, clock.service_zone())
    said = {
        "from": time_of_day(opens, named=False),
        "minutes": duration(policy.batch_minutes),
    }
    return (
        _(
            "wishes are collected from %(from)s on for %(minutes)s, then drawn; after that, first come, first served"
        )
        % said
    )


def _waiting_list(policy: Policy) -> str:
    if not policy.most_waiting:
        return _("none")
    said = {
        "most": policy.most_waiting,
        "unanswered": policy.most_unanswered,
        "days": policy.half_life_days,
    }
    return (
        _(
            "%(most)s at once for each office; it ends after %(unanswered)s offers without an answer; what was used %(days)s days ago counts half"
        )
        % said
    )


def _what_came_free(policy: Policy) -> str:
    said = {
        "kept": duration(policy.offer_minutes),
        "longer": duration(policy.kept_longer_minutes),
        "notice": duration(policy.together_minutes),
        "seconds": policy.answer_seconds,
    }
    return (
        _(
            "kept for the next who waits, %(kept)s at most and %(longer)s until it is settled; less than %(notice)s before it begins all are asked, and one is drawn after %(seconds)s seconds"
        )
        % said
    )


def _made_good(policy: Policy) -> str:
    count = policy.first_place_days
    if not count:
        return _("its office waits like every other")
    return ngettext(
        "what its office waits for within %(n)s day comes first",
        "what its office waits for within %(n)s days comes first",
        count,
    ) % {"n": count}
