"""The sharing rule that comes with Comptoir, labelled as ours: the department's own is not public."""

from __future__ import annotations

from datetime import date, datetime

from comptoir.liaison.models import Policy
from comptoir.people.models import Person


def make(*, valid_from: date, created_at: datetime, by: Person) -> Policy:
    """Write the default rule."""
    return Policy.objects.create(
        version=1,
        valid_from=valid_from,
        name_en="Equal time for every office",
        name_fr="Un temps égal pour chaque bureau",
        remark_en="This is Comptoir’s default, not the department’s rule.",
        remark_fr="Il s’agit de la règle par défaut de Comptoir, et non de celle du ministère.",
        minutes_per_day=60,
        minutes_per_week=180,
        lengths=[15, 30, 45, 60],
        horizon_business_days=10,
        least_notice_minutes=15,
        late_notice_minutes=120,
        late_counts=True,
        most_case_lines=12,
        hold_minutes=5,
        no_show_after_minutes=10,
        start_early_minutes=15,
        created_by=by,
        created_at=created_at,
    )
