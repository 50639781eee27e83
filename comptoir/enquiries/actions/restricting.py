"""Restricting an enquiry to those who are named for it: denied by default, opened for a reason, on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.enquiries.actions import changing
from comptoir.enquiries.models import Enquiry, Named, Opening, State
from comptoir.people.models import Person

READ_FOR = timedelta(minutes=30)
"""How long an opened enquiry may be read before a reason is asked again (ours)."""


class CannotRestrict(Exception):
    """Nothing was changed."""


class NotNamed(CannotRestrict):
    """The person is not named for it: to them it does not exist."""


class LastOneNamed(CannotRestrict):
    """Nobody would be left who may see it: name somebody else first."""


@transaction.atomic
def restrict(*, enquiry: Enquiry, named: list[Person], by: Person, now: datetime) -> Enquiry:
    """From now on only these may see it, in any list, search or count. Who has it in hand and is not
    among them has it no more. Raises LastOneNamed for nobody.
    """
    if not named:
        raise LastOneNamed
    found = Enquiry.objects.select_for_update(of=("self",), no_key=True).get(pk=enquiry.pk)
    found.is_restricted = True
    if found.state == State.IN_HAND and found.assignee not in named:
        found.state, found.assignee, found.taken_at = State.WAITING, None, None
    changing.save(found)
    audit.record(action="enquiry.restricted", subject=found, by=by, now=now)
    for person in named:
        name(enquiry=found, person=person, by=by, now=now)
    return found


@transaction.atomic
def name(*, enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Let somebody open it. Twice is once."""
    _named, is_new = Named.objects.get_or_create(
        enquiry=enquiry,
        person=person,
        ended_at=None,
        defaults={"named_by": by, "named_at": now},
    )
    if is_new:
        detail = {"person": person.pk}
        audit.record(action="enquiry.named", subject=enquiry, by=by, now=now, detail=detail)


@transaction.atomic
def end_naming(*, enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Let them open it no more; what they opened ends at once. Raises LastOneNamed."""
    standing = Named.objects.select_for_update(no_key=True).filter(enquiry=enquiry, ended_at=None)
    if not any(one.person_id != person.pk for one in standing):
        raise LastOneNamed
    if standing.filter(person=person).update(ended_at=now):
        detail = {"person": person.pk}
        audit.record(action="enquiry.unnamed", subject=enquiry, by=by, now=now, detail=detail)


@transaction.atomic
def open_to_read(*, enquiry: Enquiry, reason: str, by: Person, now: datetime) -> Opening:
    """Open it for a while; why is on record for good. Raises NotNamed, which is on record too."""
    if not Named.objects.filter(enquiry=enquiry, person=by, ended_at=None).exists():
        raise NotNamed
    opening = Opening.objects.create(
        enquiry=enquiry, person=by, reason=reason, at=now, until=now + READ_FOR
    )
    audit.record(verb=Verb.SAW, action="enquiry.opened_restricted", subject=enquiry, by=by, now=now)
    return opening
