"""Every version of the sharing rule: which governs, which was replaced before it began, what one changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comptoir.domain.rule import DAYS_A_WEEK, House
from comptoir.liaison.models import Allowance, Policy
from comptoir.liaison.queries import kept, trusted
from comptoir.liaison.queries.kept import Term
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours
from comptoir.ui import clock
from comptoir.ui.times import duration, time_of_day


@dataclass(frozen=True, slots=True)
class Replaced:
    """A version that never came into force, and the one that begins on its day instead."""

    policy: Policy
    by: Policy


@dataclass(frozen=True, slots=True)
class Versions:
    """The version of today, those to come in order, those before and those never in force, latest first."""

    current: Policy | None
    coming: list[Policy]
    earlier: list[Policy]
    replaced: list[Replaced]


@dataclass(frozen=True, slots=True)
class Change:
    """A term that differs between two versions; `before` is empty where there was no rule."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a proposed version changes on its first day."""

    draft: Policy
    before: Policy | None
    replaces: Policy | None
    until: Policy | None
    """The version that is to follow, if one is set already."""

    changes: list[Change]
    same: list[Term]
    last_version: int


def versions(today: date) -> Versions:
    """All versions as the page of the rule lists them."""
    every = list(Policy.objects.common().order_by("valid_from", "version"))
    last_of_its_day = {policy.valid_from: policy for policy in every}
    in_turn = list(last_of_its_day.values())
    begun = [policy for policy in in_turn if policy.valid_from <= today]
    return Versions(
        current=begun[-1] if begun else None,
        coming=[policy for policy in in_turn if policy.valid_from > today],
        earlier=begun[-2::-1],
        replaced=[
            Replaced(policy, last_of_its_day[policy.valid_from])
            for policy in reversed(every)
            if policy != last_of_its_day[policy.valid_from]
        ],
    )


def governing(on: date) -> Policy | None:
    """The version that governs a service day, as far as is set now."""
    begun = Policy.objects.common().filter(valid_from__lte=on).order_by("valid_from", "version")
    return begun.last()


def coming(version: int, today: date) -> Policy | None:
    """A version that has not begun, by its number."""
    return Policy.objects.common().filter(version=version, valid_from__gt=today).first()


def last_version() -> int:
    """The number of the version that was set last, for all or for a pilot; 0 before the first."""
    return Policy.objects.aggregate(last=Max("version"))["last"] or 0


def compare(draft: Policy) -> Comparison:
    """What `draft` changes against the rule of the day before its first day."""
    before = governing(draft.valid_from - timedelta(days=1))
    then = governing(draft.valid_from)
    later = Policy.objects.common().filter(valid_from__gt=draft.valid_from)
    changes, same = differences(before, draft)
    return Comparison(
        draft=draft,
        before=before,
        replaces=then if then is not None and then.valid_from == draft.valid_from else None,
        until=later.order_by("valid_from", "-version").first(),
        changes=changes,
        same=same,
        last_version=last_version(),
    )


def differences(before: Policy | None, after: Policy) -> tuple[list[Change], list[Term]]:
    """The terms in which two versions differ, and those in which they do not."""
    nested = after.nested or (before is not None and before.nested)
    now = terms(after, nested=nested)
    was = terms(before, nested=nested) if before else [Term(term.label, "") for term in now]
    pairs = list(zip(was, now, strict=True))
    return (
        [Change(new.label, old.value, new.value) for old, new in pairs if old != new],
        [new for old, new in pairs if old == new],
    )


def house(today: date) -> House | None:
    """The offices there are, and an ordinary day of those published from today on; None if none is.

    Hours directed at some offices are theirs, and not shared out.
    """
    coming = OfferedHours.objects.filter(day__on__gte=today, mask__gt=0)
    offered: dict[date, int] = defaultdict(int)
    for hours in coming.select_related("day").prefetch_related("reserved"):
        directed = 0
        for reserve in hours.reserved.all():
            directed |= reserve.mask if reserve.offices else 0
        offered[hours.day.on] += (hours.mask & ~directed).bit_count()
    if not offered:
        return None
    day = int(median(offered.values()))
    known = Allowance.objects.filter(chance__lt=1).exists()
    return House(Office.objects.active().count(), day, DAYS_A_WEEK * day, chances_known=known)


def terms(policy: Policy, *, nested: bool | None = None) -> list[Term]:
    """Every number of the rule in words, in the language of the page, in the same order always.

    Those of the nested classes are left out where the rule has none, unless they are compared.
    """
    limits = [
        Term(_("A day, for each office"), duration(policy.minutes_per_day)),
        Term(_("A week, for each office"), duration(policy.minutes_per_week)),
        Term(_("Lengths on offer"), ", ".join(duration(minutes) for minutes in policy.lengths)),
        Term(_("Bookable"), _bookable(policy)),
        Term(_("Given up late"), _given_up_late(policy)),
        Term(_("Excused, though late"), _excused(policy)),
        Term(_("An appointment can begin"), _begins(policy)),
        Term(_("Nobody came"), _nobody_came(policy)),
        Term(
            _("Cases in one appointment"),
            _("at most %(n)s") % {"n": policy.most_case_lines},
        ),
        Term(_("A time is kept while an office types"), duration(policy.hold_minutes)),
        Term(_("A new day opens"), _a_new_day(policy)),
        Term(_("Waiting list"), _waiting_list(policy)),
        Term(_("What came free"), _what_came_free(policy) if policy.most_waiting else _("for all")),
        Term(_("After the centre cancelled"), _made_good(policy)),
        Term(
            _("Put on the list by one person"),
            _("at most %(n)s in 24 hours") % {"n": policy.most_filed_a_day},
        ),
        *trusted.terms(policy),
    ]
    return limits + (kept.terms(policy) if (policy.nested if nested is None else nested) else [])


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
