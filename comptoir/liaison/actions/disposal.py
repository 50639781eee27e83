"""Disposal: some time after its last use, what is known of a constituent goes for good.

Cases are deleted with their history and their follow-ups, rather than blanked field by field: a
field that is added one day goes with the row. The appointment stays, since the sharing rule's
decisions and the figures rest on it; what it loses is what may be somebody's own: the telephone
number, the video link and the notes of its events. Decisions, searches and the audit trail
hold keys and numbers only, and stay.

Source: Privacy Act, 6(2)-(3); Privacy Regulations, 4(1): two years after the last use, at least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import pgtrigger
from django.apps import apps
from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.models import Appointment, AppointmentEvent, CaseLine, FollowUp
from comptoir.liaison.queries import disposal
from comptoir.people.models import Person

BATCH = 200
"""Appointments to a transaction: small enough not to be in anybody's way."""

GUARDS = ("liaison.CaseLineEvent:append_only", "liaison.AppointmentEvent:append_only")
"""The triggers that keep history as it was written. This is the one lawful exception."""


def dispose_before(
    *, before: datetime, held: Collection[int] = (), by: Person | None, now: datetime
) -> Counter[str]:
    """Dispose of what was last used before an instant; how many rows of each kind went.

    Each appointment has its own event in the audit trail, written in the transaction that disposes.
    """
    total: Counter[str] = Counter()
    while done := _dispose_of_some(before=before, held=held, by=by, now=now):
        total += done
    return total


@transaction.atomic
def _dispose_of_some(
    *, before: datetime, held: Collection[int], by: Person | None, now: datetime
) -> Counter[str]:
    due = disposal.disposable(before=before, held=held).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    chosen = {appointment.pk: appointment for appointment in due.order_by("pk")[:BATCH]}
    lines = CaseLine.objects.filter(appointment__in=chosen)
    cases_of = Counter(lines.order_by().values_list("appointment_id", flat=True))
    follow_ups = FollowUp.objects.filter(case_line__in=lines)
    follow_ups_gone, _ = follow_ups.delete()
    with pgtrigger.ignore(*GUARDS):
        apps.get_model("liaison", "CaseLineEvent").objects.filter(appointment__in=chosen).delete()
        AppointmentEvent.objects.filter(appointment__in=chosen).exclude(note="").update(note="")
    lines.delete()
    Appointment.objects.filter(pk__in=chosen).update(telephone="", video_link="", disposed_at=now)
    for key, appointment in chosen.items():
        audit.record(
            action="liaison.cases_disposed",
            subject=appointment,
            by=by,
            now=now,
            office_id=appointment.office_id,
            detail={"cases": cases_of[key]},
        )
    return +Counter(appointments=len(chosen), cases=cases_of.total(), follow_ups=follow_ups_gone)
