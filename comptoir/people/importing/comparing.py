"""Comparing each kind of list with what is stored. Reads the database, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from comptoir.people.importing import openings
from comptoir.people.importing.plans import Change, Leaving, Plan, RowModel
from comptoir.people.importing.rows import (
    BadRows,
    DistrictRow,
    Fault,
    MemberRow,
    Row,
    SenatorRow,
)
from comptoir.people.models import (
    Chamber,
    District,
    Office,
    OfficeStatus,
)
from comptoir.people.place_names import matching_key
from comptoir.ui import clock


def compare(rows: Sequence[Row]) -> Plan:
    """The plan for a list of one kind; raises BadRows for rows that contradict each other or us."""
    districts = [row for row in rows if isinstance(row, DistrictRow)]
    members = [row for row in rows if isinstance(row, MemberRow)]
    senators = [row for row in rows if isinstance(row, SenatorRow)]
    if districts:
        return compare_districts(districts)
    return compare_members(members) if members else compare_senators(senators)


def compare_districts(rows: Sequence[DistrictRow]) -> Plan:
    """New and changed districts. One that the list leaves out stays: offices stand in it."""
    _refuse_doubles("code", ((row, row.code) for row in rows))
    stored = {district.code: district for district in District.objects.all()}
    plan = Plan()
    for row in rows:
        values = {
            "name_en": row.name_en,
            "name_fr": row.name_fr,
            "province": row.province,
            "population": row.population,
            "french_share": row.french_share,
        }
        known = stored.get(row.code)
        if known is None:
            plan.new_districts.append(District(code=row.code, **values))
        else:
            _note_changes(plan, plan.changed_districts, known, values)
    return plan


def compare_members(rows: Sequence[MemberRow]) -> Plan:
    """Who sits in which seat now, against the offices of the House of Commons that are open.

    A row with an end speaks of the past: it suspends the office of that member if nobody follows in
    the list, and is ignored if the member has no open office.
    """
    seats = _seats(rows)
    sitting = {key: row for key, row in seats.items() if row.until is None}
    _refuse_doubles("PersonId", ((row, row.source_id) for row in sitting.values()))
    book = _Book(Chamber.COMMONS)
    plan = Plan()
    kept: set[int] = set()
    leaving: dict[int, Leaving] = {}
    for district, row in sitting.items():
        seated = book.in_district.get(district.pk)
        if seated is not None and _is_of(seated, row):
            kept.add(seated.pk)
            _keep_member(plan, seated, row)
            continue
        office = openings.commons_office(
            district,
            reference=book.numbering.next_in(district),
            legislator=row.name,
            honorific=row.honorific,
            source_id=row.source_id,
            since=row.since,
        )
        plan.new_offices.append(office)
        if seated is not None:
            leaving[seated.pk] = Leaving(seated, row.since, office)
        elsewhere = book.by_source.get(row.source_id)
        if elsewhere is not None:
            # The member changed seats; whoever follows in the old one is named when its turn comes.
            leaving.setdefault(elsewhere.pk, Leaving(elsewhere, row.since, None))
    plan.leaving = list(leaving.values())
    _vacate(plan, book, rows, kept | leaving.keys())
    return plan


def compare_senators(rows: Sequence[SenatorRow]) -> Plan:
    """Senators have no number in the list: a senator is known by their name."""
    _refuse_doubles("name", ((row, openings.senator_id(row.name)) for row in rows))
    book = _Book(Chamber.SENATE)
    plan = Plan()
    found: set[int] = set()
    for row in rows:
        values = {
            "legislator": row.name,
            "division": row.division,
            "province": row.province,
            "since": row.since,
        }
        known = book.by_source.get(openings.senator_id(row.name))
        if known is None:
            office = openings.senate_office(
                reference=book.numbering.next_in(None),
                legislator=row.name,
                division=row.division,
                province=row.province,
                since=row.since,
            )
            plan.new_offices.append(office)
            continue
        found.add(known.pk)
        _note_changes(plan, plan.changed_offices, known, values)
    plan.missing = [office for office in book.open if office.pk not in found]
    return plan


class _Book:
    """The open offices of a chamber, as they are looked for."""

    def __init__(self, chamber: Chamber) -> None:
        offices = Office.objects.filter(chamber=chamber)
        self.open = list(
            offices.exclude(status=OfficeStatus.CLOSED)
            .select_related("district", "successor")
            .order_by("sort_name", "pk")
        )
        self.in_district = {o.district_id: o for o in self.open if o.district_id is not None}
        self.by_source = {o.source_id: o for o in self.open if o.source_id}
        self.numbering = openings.Numbering(chamber)


def _seats(rows: Sequence[MemberRow]) -> dict[District, MemberRow]:
    """The row that speaks last of each district: the one that sits, else the one that left last."""
    by_name: dict[str, list[District]] = {}
    for district in District.objects.all():
        for name in {matching_key(district.name_en), matching_key(district.name_fr)}:
            by_name.setdefault(name, []).append(district)
    faults: list[Fault] = []
    seats: dict[District, MemberRow] = {}
    for row in rows:
        found = [
            district
            for district in by_name.get(matching_key(row.constituency), ())
            if district.province == row.province
        ]
        if len(found) != 1:
            what = "is no district we know" if not found else "names several districts"
            message = f"{row.constituency!r} in {row.province} {what}"
            faults.append(Fault(row.line, "ConstituencyName", message))
            continue
        before = seats.get(found[0])
        if before is not None and before.until is None and row.until is None:
            message = f"{row.constituency} has two sitting members (see line {before.line})"
            faults.append(Fault(row.line, "ConstituencyName", message))
        elif before is None or _speaks_later(row, before):
            seats[found[0]] = row
    if faults:
        raise BadRows(faults[:20], more=len(faults) > 20)
    return seats


def _speaks_later(row: MemberRow, other: MemberRow) -> bool:
    if row.until is None or other.until is None:
        return row.until is None
    return row.until > other.until


def _is_of(office: Office, row: MemberRow) -> bool:
    """Whether the office is the member's. One opened by hand may wait for its number: the name tells."""
    if office.source_id:
        return office.source_id == row.source_id
    return matching_key(office.legislator) == matching_key(row.name)


def _keep_member(plan: Plan, office: Office, row: MemberRow) -> None:
    """The member sits where they sat. An office suspended before this mandate began opens again."""
    suspended_on = clock.service_date(office.status_at)
    if office.status == OfficeStatus.SUSPENDED and row.since > suspended_on:
        plan.returning.append(office)
    values = {
        "source_id": row.source_id,
        "legislator": row.name,
        "honorific": row.honorific,
        "since": row.since,
    }
    _note_changes(plan, plan.changed_offices, office, values)


def _vacate(plan: Plan, book: _Book, rows: Sequence[MemberRow], dealt_with: set[int]) -> None:
    """The offices nobody sits in: suspended if the list says that the member left, else missing."""
    left = {row.source_id for row in rows if row.until is not None}
    for office in book.open:
        if office.pk in dealt_with:
            continue
        if office.source_id not in left:
            plan.missing.append(office)
        elif office.status == OfficeStatus.ACTIVE:
            plan.vacated.append(office)
        else:
            plan.unchanged += 1


def _note_changes(
    plan: Plan, changes: list[Change[RowModel]], row: RowModel, values: dict[str, Any]
) -> None:
    changed = {name: new for name, new in values.items() if getattr(row, name) != new}
    if changed:
        changes.append(Change(row, changed))
    else:
        plan.unchanged += 1


def _refuse_doubles(column: str, keys: Iterable[tuple[Row, str]]) -> None:
    first: dict[str, int] = {}
    faults = []
    for row, key in keys:
        if key in first:
            faults.append(Fault(row.line, column, f"the same as on line {first[key]}"))
        first.setdefault(key, row.line)
    if faults:
        raise BadRows(faults[:20], more=len(faults) > 20)
