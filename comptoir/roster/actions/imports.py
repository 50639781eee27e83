"""Writing what a roster file says: all of it, or nothing; the same file again changes nothing.

Who is not in the file is left alone. Names and addresses are used to add somebody and never to
rename: they are the person's own. Weekly hours are replaced from today on; one-off dates that the
file names are set, others stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.actions import grants, persons
from comptoir.people.importing import formats
from comptoir.people.importing.rows import BadFile, BadRow, BadRows, collect
from comptoir.people.models import Grant, Language, Person, Role
from comptoir.roster.actions import patterns, professionals, publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.actions.patterns import Row
from comptoir.roster.importing import calendars, entries, sheets
from comptoir.roster.importing.entries import Entry, Who
from comptoir.roster.models import Professional
from comptoir.ui import clock

Known = Mapping[str, Professional]
"""Everybody on the roster by code."""


@dataclass(slots=True)
class Difference:
    """What a file changed, or would change: a line for each professional and thing."""

    lines: list[str] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the file says nothing new."""
        return not self.lines


def import_roster(
    *, path: Path, dry_run: bool = False, by: Person | None, now: datetime
) -> Difference:
    """Read a roster (CSV or .ics) and write what it says; with `dry_run` nothing stays written.

    Raises BadFile, or BadRows; then nothing is written either.
    """
    try:
        return _import(_read(path), dry_run=dry_run, by=by, now=now)
    except BadRow as bad:
        raise BadRows([bad.fault], more=False) from bad


def _read(path: Path) -> list[Entry]:
    start = formats.beginning(path)
    if formats.looks_like_html(start):
        raise BadFile("this is a web page, not the roster itself. Download the CSV or .ics file.")
    if start.upper().startswith(b"BEGIN:VCALENDAR"):
        return calendars.read(path)
    lines = collect(sheets.read(path))
    if not lines:
        raise BadFile("it has no rows.")
    return sheets.gather(lines)


@roster_change
def _import(found: list[Entry], *, dry_run: bool, by: Person | None, now: datetime) -> Difference:
    today = clock.service_date(now)
    on_roster = Professional.objects.select_related("person").order_by("pk")
    known = {professional.code: professional for professional in on_roster}
    found = [replace(entry, who=_completed(entry.who, known)) for entry in found]
    entries.check_service_days(found, today)
    difference = Difference()
    for entry in found:
        changes = list(_write(entry, known.get(entry.who.code), today, by=by, now=now))
        difference.lines += [f"{entry.who.code}: {change}" for change in changes]
        difference.added += entry.who.code not in known
        difference.changed += entry.who.code in known and bool(changes)
        difference.unchanged += not changes
    if dry_run:
        transaction.set_rollback(True)
    elif not difference.is_empty:
        publishing.refresh(first=today, last=None, by=by, now=now)
        _record(difference, found[0], by=by, now=now)
    return difference


def _completed(who: Who, known: Known) -> Who:
    """Who is meant: what the file leaves out is what the roster says. Raises BadRow."""
    by_address = {one.person.email.casefold(): one for one in known.values()}
    owner = by_address.get(who.email)
    professional = known.get(who.code) if who.code else owner
    if professional is None:
        if owner is not None:
            raise BadRow(who.line, "email", f"is on the roster as {owner.code}")
        for name in ("code", "name", "languages"):
            if not getattr(who, name):
                raise BadRow(who.line, name, "is missing for somebody who is not on the roster yet")
        return who
    if who.email != professional.person.email.casefold():
        raise BadRow(who.line, "email", f"{professional.code} is somebody with another address")
    return replace(
        who,
        code=professional.code,
        languages=who.languages or tuple(professional.languages),
        skills=tuple(professional.skills) if who.skills is None else who.skills,
    )


def _write(
    entry: Entry, known: Professional | None, today: date, *, by: Person | None, now: datetime
) -> Iterator[str]:
    """Write one professional's part, saying in words what differed."""
    if known is None:
        professional = _add(entry.who, by=by, now=now)
        yield f"added ({', '.join(entry.who.languages)})"
    else:
        professional = known
        changed = professionals.write_details(
            professional=professional,
            languages=entry.who.languages,
            skills=entry.who.skills or (),
            time_zone=entry.who.zone,
            active=True,
            by=by,
            now=now,
        )
        if changed:
            yield f"changed: {', '.join(changed)}"
    rows = list(_rows(entry))
    if patterns.write_pattern(
        professional=professional, rows=rows, valid_from=today, by=by, now=now
    ):
        yield f"weekly hours from {today}: {len(rows)} rows"
    for on, hours in sorted(entry.exceptions.items()):
        if on >= today and patterns.write_exception(
            professional=professional, on=on, hours=hours, reason="", by=by, now=now
        ):
            yield f"{on}: " + (", ".join(f"{s:%H:%M}-{e:%H:%M}" for s, e in hours) or "off")


def _rows(entry: Entry) -> Iterator[Row]:
    for spell in entry.spells:
        for weekday in spell.weekdays:
            yield Row(
                weekday=weekday,
                starts=spell.starts,
                ends=spell.ends,
                is_break=spell.is_break,
                every=spell.every,
                first=spell.first,
                until=spell.until,
            )


def _add(who: Who, *, by: Person | None, now: datetime) -> Professional:
    """Put somebody on the roster, with the role, and an account if the address has none."""
    person = Person.objects.filter(email__iexact=who.email).first()
    if person is None:
        person = persons.add_person(
            email=who.email,
            name=who.name,
            language=Language(who.languages[0]),
            time_zone=who.zone,
            by=by,
            now=now,
        )
    if not person.is_active:
        raise BadRow(who.line, "email", "belongs to somebody who was shut out")
    if Professional.objects.filter(person=person).exists():
        raise BadRow(who.line, "email", "is there twice under two codes")
    role = Role.PROFESSIONAL
    if not Grant.objects.not_ended(now).filter(person=person, role=role).exists():
        grants.grant_role(person=person, role=role, by=by, now=now)
    return professionals.enter_professional(
        person=person,
        code=who.code,
        languages=who.languages,
        skills=who.skills or (),
        time_zone=who.zone,
        by=by,
        now=now,
    )


def _record(difference: Difference, first: Entry, *, by: Person | None, now: datetime) -> None:
    """One event for the import beside those of each change."""
    audit.record(
        action="roster.list_imported",
        subject=Professional.objects.get(code=first.who.code),
        by=by,
        now=now,
        detail={"added": difference.added, "changed": difference.changed},
    )
