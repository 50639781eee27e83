"""Crisis lines and rules of triage for tests: opened and written by the house's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from comptoir.enquiries.actions import crisis, triaging
from comptoir.enquiries.actions.crisis import Wish
from comptoir.enquiries.models import CrisisLine, TriageVersion
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, line_of, person

SUNSET = date(2026, 12, 18)
KEYWORD = "FIRES2026"


def open_crisis(
    *,
    staff: Sequence[Person] = (),
    by: Person | None = None,
    now: datetime = NOW,
    **wish: Any,
) -> CrisisLine:
    """A line for a crisis, open from `now` on."""
    line_of()
    values = {
        "name_en": "Wildfires",
        "name_fr": "Feux de forêt",
        "keyword": KEYWORD,
        "eligibility_en": "Who lost documents in the fires.",
        "eligibility_fr": "Qui a perdu des documents dans les feux.",
        "first_hours": 4,
        "final_days": 2,
        "sunset_on": SUNSET,
        **wish,
    }
    return crisis.open_line(
        wish=Wish(**values),
        staff=staff,
        home_team="Status team",
        by=by or person(Role.TEAM_LEAD),
        now=now,
    )


def rule(code: str = "fees", **values: Any) -> dict[str, Any]:
    """One written rule: whoever writes of a refund is served before others."""
    when = values.pop("when", {"any_words": ["refund"]})
    return {
        "code": code,
        "name_en": "Fees",
        "name_fr": "Frais",
        "when": when,
        "then": {"priority": 1, **values},
    }


def in_force(*rules: dict[str, Any], at: datetime = NOW) -> TriageVersion:
    """A version with these rules, written and approved by two people, in force from `at` on."""
    version = triaging.write(
        name_en="Ours",
        name_fr="Les nôtres",
        valid_from=at,
        written=rules,
        by=person(Role.POLICY_OWNER),
        now=at,
    )
    triaging.approve(version=version, by=person(Role.TEAM_LEAD), now=at)
    return version
