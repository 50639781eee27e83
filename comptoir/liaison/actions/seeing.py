"""That somebody looked at cases is on record: one row of the trail per page, never one per case.

Which cases were shown stands in the row, whatever page they stood on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Model

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.liaison.models import Appointment, CaseLine, FollowUp
from comptoir.people.models import Office, Person
from comptoir.roster.models import Professional


def note_appointment_seen(
    *, appointment: Appointment, cases: Iterable[CaseLine], by: Person, now: datetime
) -> None:
    """Keep that somebody of either side looked at an appointment with these cases."""
    _note(
        action="appointment.seen",
        subject=appointment,
        cases=[case.pk for case in cases],
        by=by,
        now=now,
        office_id=appointment.office_id,
    )


def note_cases_seen(
    *, office: Office, cases: Iterable[CaseLine], by: Person, now: datetime
) -> None:
    """Keep which of the office's cases a list showed; nothing shown, nothing recorded."""
    seen = [case.pk for case in cases]
    if seen:
        _note(action="cases.seen", subject=office, cases=seen, by=by, now=now, office_id=office.pk)


def note_follow_ups_seen(
    *,
    professional: Professional | None,
    follow_ups: Sequence[FollowUp],
    by: Person,
    now: datetime,
) -> None:
    """Keep that somebody looked at these follow-ups, of one professional or of everybody.

    Each speaks of a case; nothing shown, nothing recorded.
    """
    if follow_ups:
        _note(
            action="follow_ups.seen",
            subject=professional or follow_ups[0].professional,
            cases=[follow_up.case_line_id for follow_up in follow_ups],
            by=by,
            now=now,
        )


def _note(
    *,
    action: str,
    subject: Model,
    cases: list[int],
    by: Person,
    now: datetime,
    office_id: int | None = None,
) -> None:
    audit.record(
        verb=Verb.SAW,
        action=action,
        subject=subject,
        by=by,
        now=now,
        office_id=office_id,
        detail={"cases": cases},
    )
