"""The sharing rule that the tests of the domain begin with: an hour a day, three a week."""

from __future__ import annotations

from comptoir.domain.rule import SharingRule

RULE = SharingRule(
    version=1,
    minutes_per_day=60,
    minutes_per_week=180,
    lengths=(15, 30, 45, 60),
    horizon_business_days=10,
    least_notice_minutes=15,
    late_notice_minutes=120,
    late_counts=True,
)
