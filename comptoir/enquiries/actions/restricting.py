"""Restricting an enquiry to those who are named for it: denied by default, opened for a reason, on record."""

from __future__ import annotations

from collections.abc import Iterable
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


class NotRestricted(CannotRestrict):
    """Everybody who answers enquiries may see it: nobody is named."""


@transaction.atomic
def restrict(*, enquiry: Enquiry, named: Iterable[Person], by: Person, now: datetime) -> Enquiry:
    """From now on only these may see it, and what is joined to it, in any list, search or count.

    Who has it in hand and is not among them has it no more. Raises LastOneNamed for nobody.
    """
    people = {person.pk: person for person in named}
    if not people:
        raise LastOneNamed
    for found in _joined(enquiry):
        if not found.is_restricted:
            _restrict(found, people, by, now)
        for person in people.values():
            _name(found, person, by, now)
    return Enquiry.objects.get(pk=enquiry.pk)


def _joined(enquiry: Enquiry) -> list[Enquiry]:
    """The enquiry, the one it is part of and every part of that, locked: the main one first.

    They are read on one page, so that what is restricted of one is restricted of all.
    """
    rows = Enquiry.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    main = rows.get(pk=enquiry.joined_to_id or enquiry.pk)
    found = [main, *rows.filter(joined_to=main)]  # asked while nothing else can join the main one
    if main.joined_to_id is None and enquiry in found:
        return found
    return _joined(Enquiry.objects.get(pk=enquiry.pk))  # joined or parted after it was read


def _restrict(found: Enquiry, people: dict[int, Person], by: Person, now: datetime) -> None:
    found.is_restricted = True
    if found.state in (State.IN_HAND, State.ON_HOLD) and found.assignee_id not in people:
        changing.let_go(found)
    changing.save(found)
    audit.record(action="enquiry.restricted", subject=found, by=by, now=now)


@transaction.atomic
def admit(*, enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Who is handed a matter of it may open it, and what is joined to it, as far as it is restricted."""
    for found in _joined(enquiry):
        if found.is_restricted:
            _name(found, person, by, now)


@transaction.atomic
def name(*, enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Let somebody open it, as who may open it oneself. Twice is once. Raises CannotRestrict."""
    found = _restricted(enquiry)
    if not Enquiry.objects.openable_by(by, now).filter(pk=found.pk).exists():
        raise NotNamed
    _name(found, person, by, now)


@transaction.atomic
def end_naming(*, enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Let them open it no more; what they opened ends at once. Raises CannotRestrict."""
    found = _restricted(enquiry)
    standing = Named.objects.filter(enquiry=found, ended_at=None)
    if not Enquiry.objects.openable_by(by, now).filter(pk=found.pk).exists():
        raise NotNamed
    if not standing.exclude(person=person).exists():
        raise LastOneNamed
    if standing.filter(person=person).update(ended_at=now):
        detail = {"person": person.pk}
        audit.record(action="enquiry.unnamed", subject=found, by=by, now=now, detail=detail)


def open_to_read(*, enquiry: Enquiry, reason: str, by: Person, now: datetime) -> Opening:
    """Open it for a while; why is on record for good. A privacy officer who opens a breach is named.

    Raises NotNamed, and then the attempt is on record.
    """
    with transaction.atomic():
        found = _restricted(enquiry)
        if Enquiry.objects.openable_by(by, now).filter(pk=found.pk).exists():
            _name(found, by, by, now)
            return _open(found, reason, by, now)
        audit.record(
            verb=Verb.REFUSED, action="enquiry.opening_refused", subject=found, by=by, now=now
        )
    raise NotNamed


def _open(found: Enquiry, reason: str, by: Person, now: datetime) -> Opening:
    opening = Opening.objects.create(
        enquiry=found, person=by, reason=reason, at=now, until=now + READ_FOR
    )
    audit.record(verb=Verb.SAW, action="enquiry.opened_restricted", subject=found, by=by, now=now)
    return opening


def _restricted(enquiry: Enquiry) -> Enquiry:
    """The enquiry's row, ours until the transaction ends, so that names change one by one."""
    found = Enquiry.objects.select_for_update(of=("self",), no_key=True).get(pk=enquiry.pk)
    if not found.is_restricted:
        raise NotRestricted
    return found


def _name(enquiry: Enquiry, person: Person, by: Person, now: datetime) -> None:
    """Under the lock of the enquiry's row."""
    _named, is_new = Named.objects.get_or_create(
        enquiry=enquiry,
        person=person,
        ended_at=None,
        defaults={"named_by": by, "named_at": now},
    )
    if is_new:
        detail = {"person": person.pk}
        audit.record(action="enquiry.named", subject=enquiry, by=by, now=now, detail=detail)
