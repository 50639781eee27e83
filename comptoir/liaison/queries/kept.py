"""The nested classes of a version of the rule in words: what is kept for whom, and how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from comptoir.liaison.models import Policy
from comptoir.ui import clock
from comptoir.ui.times import duration, time_of_day


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a rule in words."""

    label: str
    value: str


def terms(policy: Policy) -> list[Term]:
    """What every office is guaranteed and allotted; a rule without classes guarantees nothing."""
    return [*guaranteed(policy), *allowances(policy), *released(policy)]


def guaranteed(policy: Policy) -> list[Term]:
    """What every office has of a day."""
    return _said(policy, {_("Guaranteed to each office, each day"): _guaranteed})


def allowances(policy: Policy) -> list[Term]:
    """What every office has of a week."""
    words = {
        _("Allotted to each office, each week"): _allotted,
        _("The most it is allotted"): _at_most,
    }
    return _said(policy, words)


def released(policy: Policy) -> list[Term]:
    """How long it is kept, and how much of it may be taken at once."""
    words = {
        _("Kept for what is allotted"): _kept,
        _("Of its allowance on one day"): _on_one_day,
        _("Held ahead"): _held,
        _("Shortly before a start"): _standby,
    }
    return _said(policy, words)


def _said(policy: Policy, words: Mapping[str, Callable[[Policy], str]]) -> list[Term]:
    return [
        Term(label, say(policy) if policy.nested else _("not in this rule"))
        for label, say in words.items()
    ]


def _guaranteed(policy: Policy) -> str:
    if not policy.floor_minutes:
        return _("nothing")
    said = {
        "floor": duration(policy.floor_minutes),
        "ramp": duration(policy.ramp_minutes),
        "days": 1000 - policy.miss_per_mille,
    }
    if not policy.miss_per_mille:
        return (
            _("%(floor)s, kept for every office; released over the first %(ramp)s of the day")
            % said
        )
    return (
        _(
            "%(floor)s, kept for as many offices as will come on %(days)s of 1,000 days; released over the first %(ramp)s of the day"
        )
        % said
    )


def _allotted(policy: Policy) -> str:
    least = {
        "least": duration(policy.weekly_floor_minutes),
        "part": policy.allotted_percent,
        "alpha": policy.alpha_percent,
    }
    if policy.alpha_percent == 0:
        return _("up to %(part)s%% of all hours in equal parts; at least %(least)s") % least
    if policy.alpha_percent == 100:
        return _("up to %(part)s%% of all hours in proportion to need; at least %(least)s") % least
    return (
        _("up to %(part)s%% of all hours, following need to %(alpha)s%%; at least %(least)s")
        % least
    )


def _at_most(policy: Policy) -> str:
    said = {"headroom": policy.headroom_percent, "movement": policy.movement_percent}
    return (
        _("%(headroom)s%% of its need; it moves by at most %(movement)s%% within a quarter") % said
    )


def _kept(policy: Policy) -> str:
    return _("%(part)s%% of it, until %(time)s on the service day before") % {
        "part": policy.take_up_percent,
        "time": _release(policy),
    }


def _on_one_day(policy: Policy) -> str:
    return _("at most %(part)s%%, until %(time)s on the service day before") % {
        "part": policy.day_cap_percent,
        "time": _release(policy),
    }


def _release(policy: Policy) -> str:
    at = datetime.combine(policy.valid_from, policy.release_at, clock.service_zone())
    return time_of_day(at, named=False)


def _held(policy: Policy) -> str:
    return _("at most %(part)s%% of its allowance; %(least)s in any case") % {
        "part": policy.holding_percent,
        "least": duration(policy.least_held_minutes),
    }


def _standby(policy: Policy) -> str:
    return _("from %(minutes)s before it nothing is kept: whoever asks may have it") % {
        "minutes": duration(policy.standby_minutes)
    }
