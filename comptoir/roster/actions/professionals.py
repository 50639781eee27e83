"""Who takes appointments, in which languages, with which skills, on which clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from comptoir.audit import actions as audit
from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.models import Professional
from comptoir.ui import clock


class CannotChangeProfessional(Exception):
    """The professional cannot be entered or changed so."""


class SpeaksNothing(CannotChangeProfessional):
    """Somebody who takes appointments speaks English or French."""


class AlreadyProfessional(CannotChangeProfessional):
    """The person, or somebody with that code, is on the roster already."""


@roster_change
def enter_professional(
    *,
    person: Person,
    code: str,
    languages: Sequence[str],
    skills: Sequence[str] = (),
    time_zone: str,
    by: Person | None,
    now: datetime,
) -> Professional:
    """Put a person on the roster, with no hours yet. Raises CannotChangeProfessional."""
    if not languages:
        raise SpeaksNothing
    taken = Professional.objects.filter(person=person) | Professional.objects.filter(code=code)
    if taken.exists():
        raise AlreadyProfessional
    professional = Professional.objects.create(
        person=person,
        code=code,
        languages=sorted(languages),
        skills=sorted(skills),
        time_zone=time_zone,
    )
    audit.record(action="roster.professional_entered", subject=professional, by=by, now=now)
    return professional


@roster_change
def change_professional(
    *,
    professional: Professional,
    languages: Sequence[str],
    skills: Sequence[str],
    time_zone: str,
    active: bool,
    by: Person | None,
    now: datetime,
) -> Professional:
    """Change what a professional can do; the published days follow. Raises SpeaksNothing.

    Weekly hours keep their wall times when the zone changes.
    """
    changed = write_details(
        professional=professional,
        languages=languages,
        skills=skills,
        time_zone=time_zone,
        active=active,
        by=by,
        now=now,
    )
    if {"time_zone", "active"} & set(changed):
        publishing.refresh(first=clock.service_date(now), last=None, by=by, now=now)
    return Professional.objects.select_related("person").get(pk=professional.pk)


def write_details(
    *,
    professional: Professional,
    languages: Sequence[str],
    skills: Sequence[str],
    time_zone: str,
    active: bool,
    by: Person | None,
    now: datetime,
) -> list[str]:
    """Write what differs, in a roster change that refreshes the days itself; the changed fields."""
    if not languages:
        raise SpeaksNothing
    professional = Professional.objects.select_for_update(no_key=True).get(pk=professional.pk)
    wanted = {
        "languages": sorted(languages),
        "skills": sorted(skills),
        "time_zone": time_zone,
        "active": active,
    }
    changed = sorted(
        field for field, value in wanted.items() if getattr(professional, field) != value
    )
    if not changed:
        return []
    for field, value in wanted.items():
        setattr(professional, field, value)
    professional.save(update_fields=changed)
    audit.record(
        action="roster.professional_changed",
        subject=professional,
        by=by,
        now=now,
        detail={"fields": changed},
    )
    return changed
