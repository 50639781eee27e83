"""Putting an enquiry in its place: line, priority, what an agent must know; and the rules that say so.

Rules never decide a case. What a person has decided stays, whatever a rule says later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from comptoir.audit import actions as audit
from comptoir.domain import triage as rule
from comptoir.enquiries.actions import changing
from comptoir.enquiries.models import (
    HEAD_START,
    Enquiry,
    Line,
    LineKind,
    Priority,
    TriageFinding,
    TriageVersion,
)
from comptoir.enquiries.queries import triage as rules
from comptoir.people.models import Person


class CannotWrite(Exception):
    """A version of the rules was not written."""


class Faulty(CannotWrite):
    """Rules that cannot be meant as they stand; `faults` says which and why."""

    def __init__(self, faults: Sequence[rule.Fault]) -> None:
        super().__init__(", ".join(f"{fault.rule}: {fault.kind}" for fault in faults))
        self.faults = faults


class BeginsInThePast(CannotWrite):
    """Rules do not begin before they were written."""


class WrittenMeanwhile(CannotWrite):
    """Somebody else wrote the next version at this moment: theirs is to be read first."""


class OwnWork(Exception):
    """Whoever wrote a version does not approve it."""


def rank(enquiry: Enquiry, priority: Priority) -> None:
    """Set the priority, and with it the place in the order of work."""
    enquiry.priority = priority
    enquiry.ranked_at = enquiry.received_at - HEAD_START[priority]


def place(enquiry: Enquiry, text: str, now: datetime) -> TriageFinding:
    """Set line, priority and skills of an enquiry by the rules in force; what is written is unsaved.

    What came by a crisis line stays there unless it holds the keyword of another. Two queries, one more
    if the line changes.
    """
    version = rules.in_force(now)
    found = rule.apply(rules.item_of(enquiry, text), rules.rule_set(version, enquiry.received_at))
    enquiry.line = _line(enquiry, found)
    enquiry.skills = sorted(found.skills)
    enquiry.is_unmatched = found.is_unmatched
    rank(enquiry, Priority(min(found.priority, max(Priority))))
    return _finding(enquiry, found, version, now)


def _line(enquiry: Enquiry, found: rule.Finding) -> Line:
    by_keyword = any(fired.rule == rules.CRISIS + found.line for fired in found.fired)
    if found.line in (enquiry.line.code, rule.UNMATCHED):
        return enquiry.line
    if enquiry.line.is_drill or (enquiry.line.kind == LineKind.CRISIS and not by_keyword):
        return enquiry.line
    return rules.place_for(found.line, enquiry.received_at) or enquiry.line


def _finding(
    enquiry: Enquiry, found: rule.Finding, version: TriageVersion | None, now: datetime
) -> TriageFinding:
    return TriageFinding(
        enquiry=enquiry,
        at=now,
        version=version,
        fired=[
            {"rule": fired.rule, "matched": [[m.condition.value, m.value] for m in fired.matched]}
            for fired in found.fired
        ],
        line=enquiry.line,
        priority=enquiry.priority,
        skills=enquiry.skills,
        refer=sorted(found.refer),
    )


@transaction.atomic
def look_again(*, enquiry: Enquiry, text: str, now: datetime) -> TriageFinding | None:
    """More was written: let it be more urgent if the rules say so, never less. None if it stays."""
    if rules.overruled(enquiry):
        return None
    version = rules.in_force(now)
    found = rule.apply(rules.item_of(enquiry, text), rules.rule_set(version, enquiry.received_at))
    priority = Priority(min(found.priority, max(Priority)))
    if priority <= enquiry.priority:
        return None
    rank(enquiry, priority)
    changing.save(enquiry)
    finding = _finding(enquiry, found, version, now)
    finding.save()
    return finding


@transaction.atomic
def overrule(
    *,
    enquiry: Enquiry,
    version: int,
    line: Line,
    priority: Priority,
    skills: Sequence[str],
    reason: str,
    by: Person,
    now: datetime,
) -> TriageFinding:
    """A person decides where it goes, and no rule changes it later. Its promises stay as made.

    Raises CannotChange.
    """
    found = changing.locked(enquiry=enquiry, version=version)
    if found.line.is_drill != line.is_drill:
        raise changing.OfADrill
    found.line = line
    found.skills = sorted(skills)
    found.is_unmatched = False
    rank(found, priority)
    changing.save(found)
    finding = TriageFinding.objects.create(
        enquiry=found,
        at=now,
        line=line,
        priority=priority,
        skills=found.skills,
        by=by,
        reason=reason,
    )
    audit.record(
        action="triage.overruled",
        subject=found,
        by=by,
        now=now,
        office_id=found.office_id,
        detail={"line": line.code, "priority": int(priority)},
    )
    return finding


@transaction.atomic
def write(
    *,
    name_en: str,
    name_fr: str,
    valid_from: datetime,
    written: Sequence[Mapping[str, Any]],
    by: Person,
    now: datetime,
) -> TriageVersion:
    """Write the next version; it waits for somebody else's approval. Raises CannotWrite."""
    if valid_from < now:
        raise BeginsInThePast
    faults = rule.faults(rule.RuleSet(0, rules.as_rules(written)), rules.known())
    if faults:
        raise Faulty(faults)
    last = TriageVersion.objects.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            version = TriageVersion.objects.create(
                number=last + 1,
                name_en=name_en,
                name_fr=name_fr,
                valid_from=valid_from,
                rules=list(written),
                created_by=by,
                created_at=now,
            )
    except IntegrityError as error:  # the number is unique, whoever else writes at this moment
        raise WrittenMeanwhile from error
    _record("triage.written", version, by, now)
    return version


@transaction.atomic
def approve(*, version: TriageVersion, by: Person, now: datetime) -> None:
    """Let a version come into force at its moment. Raises OwnWork; a second approval changes nothing."""
    found = TriageVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if found.approved_at is not None:
        return
    if found.created_by_id == by.pk:
        raise OwnWork
    found.approved_by, found.approved_at = by, now
    found.save(update_fields=["approved_by", "approved_at"])
    _record("triage.approved", found, by, now)


def _record(action: str, version: TriageVersion, by: Person, now: datetime) -> None:
    audit.record(action=action, subject=version, by=by, now=now, detail={"version": version.number})
