"""Which appointments have been of no use long enough for what is known of constituents to go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from comptoir.liaison.models import Appointment, AppointmentQuerySet, CaseLine


def disposable(*, before: datetime, held: Collection[int]) -> AppointmentQuerySet:
    """Appointments last used before an instant, less those of offices under legal hold (by key).

    The last use is the latest of: the appointment's end, its finish, the outcome of one of its
    cases, the end of a follow-up. A follow-up that is still open is use.
    """
    in_use = CaseLine.objects.filter(
        Q(recorded_at__gte=before)
        | Q(follow_up__done_at__gte=before)
        | Q(follow_up__isnull=False, follow_up__done_at=None),
        appointment=OuterRef("pk"),
    )
    return (
        Appointment.objects.filter(ends_at__lt=before, disposed_at=None)
        .filter(Q(finished_at=None) | Q(finished_at__lt=before))
        .exclude(office__in=held)
        .exclude(Exists(in_use))
    )
