"""That somebody looked at cases is on record: one row of the trail per page, never one per case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.liaison.models import CaseLine
from comptoir.people.models import Office, Person


def note_cases_seen(
    *, office: Office, cases: Iterable[CaseLine], by: Person, now: datetime
) -> None:
    """Record which of the office's cases a list showed; nothing shown, nothing recorded."""
    seen = [case.pk for case in cases]
    if seen:
        audit.record(
            verb=Verb.SAW,
            action="cases.seen",
            subject=office,
            by=by,
            now=now,
            office_id=office.pk,
            detail={"case_lines": seen},
        )
