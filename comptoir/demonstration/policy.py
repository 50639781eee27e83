"""The sharing rules that come with Comptoir, labelled as ours: the department's own is not public."""

from __future__ import annotations

from datetime import date, datetime

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import apportioning, ruling
from comptoir.liaison.models import Policy
from comptoir.people.models import Person
from comptoir.roster import queries as roster
from comptoir.ui import clock

REMARK_EN = "This is Comptoir’s default, not the department’s rule."
REMARK_FR = "Il s’agit de la règle par défaut de Comptoir, et non de celle du ministère."

LIMITS = {
    "minutes_per_day": 60,
    "minutes_per_week": 180,
    "lengths": [15, 30, 45, 60],
    "horizon_business_days": 10,
    "least_notice_minutes": 15,
    "late_notice_minutes": 120,
    "late_counts": True,
    "most_case_lines": 12,
    "hold_minutes": 5,
    "no_show_after_minutes": 10,
    "start_early_minutes": 15,
    "remark_en": REMARK_EN,
    "remark_fr": REMARK_FR,
}
"""What both versions have in common."""


def make(*, valid_from: date, created_at: datetime, by: Person) -> Policy:
    """Write the default rule."""
    made: Policy = Policy.objects.create(
        version=1,
        valid_from=valid_from,
        name_en="Equal time for every office",
        name_fr="Un temps égal pour chaque bureau",
        **LIMITS,
        created_by=by,
        created_at=created_at,
    )
    return made


def set_next(*, current: Policy, by: Person, now: datetime) -> Policy:
    """Set the version with the nested classes for the last week that can be booked, and allot that week.

    Whoever looks at those days sees what is guaranteed, allotted and open. Everything was booked under
    the current version, which is why this one is set last.
    """
    last = roster.horizon(clock.service_date(now), current.horizon_business_days)
    coming = ruling.start_rule(
        draft=Policy(
            valid_from=monday_of(last),
            name_en="Guaranteed, allotted and open hours",
            name_fr="Heures garanties, attribuées et libres",
            nested=True,
            batch_minutes=60,
            **LIMITS,
        ),
        by=by,
        now=now,
    )
    proposal = apportioning.propose(valid_from=coming.valid_from, now=now)
    apportioning.publish(proposal=proposal, by=by, now=now)
    return coming
