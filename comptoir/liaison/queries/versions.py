"""Every version of the sharing rule: which governs, which was replaced before it began, what one changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import Max

from comptoir.domain.rule import DAYS_A_WEEK, House
from comptoir.liaison.models import Allowance, Policy
from comptoir.liaison.queries.kept import Term
from comptoir.liaison.queries.words import terms
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours


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
