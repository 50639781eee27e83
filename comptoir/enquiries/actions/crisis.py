"""Opening a crisis line from a template within minutes, lending staff to it, extending and closing it.

A drill is opened, worked and closed by the same code; its line is marked, no figure counts it, and the
ledger of contacts hears nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import crisis_rest, lending, promising
from comptoir.enquiries.models import (
    CrisisEvent,
    CrisisHappening,
    CrisisLine,
    CrisisTemplate,
    Line,
    LineKind,
    Promise,
    Rest,
    Unit,
)
from comptoir.people.models import Person
from comptoir.ui import clock

KEYWORD = re.compile(r"(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{5,30}")
"""Capitals and digits, both of them: no word that anybody writes by chance."""


class CannotOpen(Exception):
    """The line was not opened."""


class BadKeyword(CannotOpen):
    """The keyword needs capitals and digits, five signs at least."""


class KeywordTaken(CannotOpen):
    """Another open crisis line has this keyword."""


class MailboxTaken(CannotOpen):
    """Another open line has this mailbox."""


class SunsetPassed(CannotOpen):
    """The last day is over already."""


class CannotExtend(Exception):
    """The sunset stays as it is."""


class NotLater(CannotExtend):
    """An extension ends later than the line was to end, and not before today."""


class ClosedAlready(CannotExtend):
    """The line is closed: open another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """All that a new crisis line needs; a template gives most of it."""

    name_en: str
    name_fr: str
    keyword: str
    eligibility_en: str
    eligibility_fr: str
    first_hours: int
    final_days: int
    sunset_on: date
    mailbox: str = ""
    telephone: str = ""
    template: CrisisTemplate | None = None
    texts: Sequence[str] = ()
    is_drill: bool = False


@transaction.atomic
def open_line(
    *, wish: Wish, staff: Iterable[Person], home_team: str, by: Person, now: datetime
) -> CrisisLine:
    """Open a line with its promises, its keyword in triage and its staff, all or nothing.

    Raises CannotOpen.
    """
    check(wish=wish, now=now)
    try:
        with transaction.atomic():
            crisis = _make(wish, by, now)
    except IntegrityError:
        # Somebody else opened it at this moment.
        raise KeywordTaken from None
    line = crisis.line
    _promise(line, wish, by, now)
    CrisisEvent.objects.create(
        crisis=crisis,
        kind=CrisisHappening.OPENED,
        at=now,
        by=by,
        sunset_after=wish.sunset_on,
    )
    audit.record(action="crisis.opened", subject=crisis, by=by, now=now, detail={"line": line.code})
    for person in staff:
        lending.lend(
            crisis=crisis, person=person, home_team=home_team, until=wish.sunset_on, by=by, now=now
        )
    return crisis


def _make(wish: Wish, by: Person, now: datetime) -> CrisisLine:
    line = Line.objects.create(
        code=_free_code(wish.keyword),
        kind=LineKind.CRISIS,
        name_en=wish.name_en,
        name_fr=wish.name_fr,
        mailbox=wish.mailbox.casefold(),
        telephone=wish.telephone,
        opened_at=now,
        is_drill=wish.is_drill,
    )
    return CrisisLine.objects.create(
        line=line,
        template=wish.template,
        keyword=wish.keyword,
        eligibility_en=wish.eligibility_en,
        eligibility_fr=wish.eligibility_fr,
        texts=list(wish.texts),
        sunset_on=wish.sunset_on,
        opened_by=by,
    )


def check(*, wish: Wish, now: datetime) -> None:
    """Whether such a line could be opened now. Raises CannotOpen."""
    if not KEYWORD.fullmatch(wish.keyword):
        raise BadKeyword
    if wish.sunset_on < clock.service_date(now):
        raise SunsetPassed
    if CrisisLine.objects.open().filter(keyword=wish.keyword).exists():
        raise KeywordTaken
    mailbox = wish.mailbox.casefold()
    if mailbox and Line.objects.filter(closed_at=None, mailbox=mailbox).exists():
        raise MailboxTaken


def _free_code(keyword: str) -> str:
    """The keyword in small letters; with a number if a line that is closed had it before."""
    code, taken = keyword.lower()[:26], 1
    while Line.objects.filter(code=code if taken == 1 else f"{code}-{taken}").exists():
        taken += 1
    return code if taken == 1 else f"{code}-{taken}"


def _promise(line: Line, wish: Wish, by: Person, now: datetime) -> None:
    source = wish.template.source if wish.template is not None else by.name
    for promise, unit, amount in (
        (Promise.FIRST, Unit.HOURS, wish.first_hours),
        (Promise.FINAL, Unit.DAYS, wish.final_days),
    ):
        promising.start_target(
            line=line,
            promise=promise,
            valid_from=clock.service_date(now),
            unit=unit,
            amount=amount,
            source=source,
            by=by,
            now=now,
        )


@transaction.atomic
def extend(*, crisis: CrisisLine, sunset_on: date, reason: str, by: Person, now: datetime) -> None:
    """Let the line be open longer. Raises CannotExtend."""
    found = _locked(crisis)
    if found.closed_at is not None:
        raise ClosedAlready
    if sunset_on <= found.sunset_on or sunset_on < clock.service_date(now):
        raise NotLater
    CrisisEvent.objects.create(
        crisis=found,
        kind=CrisisHappening.EXTENDED,
        at=now,
        by=by,
        sunset_before=found.sunset_on,
        sunset_after=sunset_on,
        reason=reason,
    )
    found.sunset_on = sunset_on
    found.save(update_fields=["sunset_on"])
    audit.record(
        action="crisis.extended",
        subject=found,
        by=by,
        now=now,
        detail={"to": sunset_on.isoformat()},
    )


@transaction.atomic
def close(*, crisis: CrisisLine, rest: Rest, reason: str, by: Person, now: datetime) -> int:
    """Close the line: it takes no more, staff on loan go home, what is open goes where `rest` says.

    A drill's open enquiries end with it, whatever was chosen. How many were open. Raises
    crisis_rest.CannotClose; a second closing changes nothing.
    """
    found = _locked(crisis)
    if found.closed_at is not None:
        return 0
    rest = Rest.ENDED if found.line.is_drill else rest
    lending.return_all(crisis=found, by=by, now=now)
    items = crisis_rest.see_to(line=found.line, rest=rest, by=by, now=now)
    found.line.closed_at = now
    found.line.save(update_fields=["closed_at"])
    found.closed_at, found.closed_by, found.rest = now, by, rest
    found.save(update_fields=["closed_at", "closed_by", "rest"])
    CrisisEvent.objects.create(
        crisis=found, kind=CrisisHappening.CLOSED, at=now, by=by, items=items, reason=reason
    )
    audit.record(
        action="crisis.closed",
        subject=found,
        by=by,
        now=now,
        detail={"rest": str(rest), "enquiries": items},
    )
    return items


def _locked(crisis: CrisisLine) -> CrisisLine:
    rows = CrisisLine.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("line").get(pk=crisis.pk)
