"""Writing what a list of districts or legislators changes: all of it, or nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.actions import offices, turns
from comptoir.people.importing import comparing, formats, rows
from comptoir.people.importing.plans import Change, Plan, RowModel
from comptoir.people.models import District, Office, OfficeEnd, OfficeStatus, Person, sort_key


def import_list(
    *,
    path: Path,
    kind: formats.Kind | None = None,
    suspend_missing: bool = False,
    dry_run: bool = False,
    by: Person | None,
    now: datetime,
) -> Plan:
    """Read a list, compare it with what is stored and write the difference; the plan that was done.

    Importing the same list again changes nothing. With `suspend_missing`, open offices that the list
    does not name are suspended: only for a list that is complete. With `dry_run` nothing is written.
    Raises rows.BadFile, or rows.BadRows; then nothing is written either.
    """
    _, found = formats.read(path, kind)
    parsed = rows.collect(found)
    if not parsed:
        raise rows.BadFile("it has no rows.")
    with transaction.atomic():
        turns.take_turn()
        plan = comparing.compare(parsed)
        if suspend_missing:
            plan.vacated += [o for o in plan.missing if o.status == OfficeStatus.ACTIVE]
            plan.missing = []
        if not (dry_run or plan.is_empty):
            _write(plan, by, now)
    return plan


def _write(plan: Plan, by: Person | None, now: datetime) -> None:
    District.objects.bulk_create(plan.new_districts, batch_size=1_000)
    _write_changes(District, plan.changed_districts)
    # Seats are emptied before anybody sits down in them: members may swap districts.
    for leaving in plan.leaving:
        offices.close(
            office=leaving.office,
            reason=OfficeEnd.BY_ELECTION if leaving.successor else OfficeEnd.OTHER,
            until=leaving.until,
            by=by,
            now=now,
        )
    for office in plan.new_offices:
        office.status_at = now
    Office.objects.bulk_create(plan.new_offices, batch_size=1_000)
    for leaving in plan.leaving:
        if leaving.successor is not None:
            offices.name_successor(
                office=leaving.office, successor=leaving.successor, by=by, now=now
            )
    for office in plan.vacated:
        offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=by, now=now)
    for office in plan.returning:
        offices.reopen(office=office, by=by, now=now)
    _write_changes(Office, plan.changed_offices)
    _record(plan, by, now)


def _write_changes(model: type[RowModel], changes: list[Change[RowModel]]) -> None:
    """One UPDATE for each set of fields and batch; the database keeps an office's history."""
    by_fields: dict[tuple[str, ...], list[RowModel]] = {}
    for change in changes:
        for name, value in change.values.items():
            setattr(change.row, name, value)
        fields = tuple(change.values)
        if isinstance(change.row, Office) and "legislator" in change.values:
            change.row.sort_name = sort_key(change.row.legislator)
            fields += ("sort_name",)
        by_fields.setdefault(fields, []).append(change.row)
    for fields, changed in by_fields.items():
        model._default_manager.bulk_update(changed, fields, batch_size=500)


def _record(plan: Plan, by: Person | None, now: datetime) -> None:
    """One event for the import; closings and suspensions have their own."""
    first = next(
        row
        for row in (
            *plan.new_districts,
            *(change.row for change in plan.changed_districts),
            *plan.new_offices,
            *(change.row for change in plan.changed_offices),
            *(leaving.office for leaving in plan.leaving),
            *plan.vacated,
            *plan.returning,
        )
    )
    counts = {name.replace(" ", "_"): number for name, number in plan.counts().items()}
    audit.record(action="people.list_imported", subject=first, by=by, now=now, detail=counts)
