"""What the centre owes an office in a week, because it cancelled an appointment of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import Credit
from comptoir.people.models import Office


@dataclass(frozen=True, slots=True)
class Credited:
    """So many minutes more are allotted to an office in the week that begins on this Monday."""

    week: date
    minutes: int


def coming(office: Office, today: date) -> list[Credited]:
    """What was credited to the office for this week and later ones, by week."""
    found = Credit.objects.filter(office=office, week__gte=monday_of(today)).order_by("week")
    sums = found.values_list("week").annotate(quanta=Sum("quanta"))
    return [Credited(week, quanta * QUANTUM_MINUTES) for week, quanta in sums]
