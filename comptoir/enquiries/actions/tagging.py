"""Putting words of the centre's list on enquiries."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.models import Enquiry, Tag
from comptoir.people.models import Person


@transaction.atomic
def put(*, enquiry: Enquiry, tag: Tag, by: Person, now: datetime) -> None:
    """Put the tag on it; once is enough."""
    if not tag.enquiries.filter(pk=enquiry.pk).exists():
        tag.enquiries.add(enquiry)
        _record("enquiry.tagged", enquiry, tag, by, now)


@transaction.atomic
def remove(*, enquiry: Enquiry, tag: Tag, by: Person, now: datetime) -> None:
    """Take the tag off."""
    if tag.enquiries.filter(pk=enquiry.pk).exists():
        tag.enquiries.remove(enquiry)
        _record("enquiry.untagged", enquiry, tag, by, now)


def _record(action: str, enquiry: Enquiry, tag: Tag, by: Person, now: datetime) -> None:
    audit.record(action=action, subject=enquiry, by=by, now=now, detail={"tag": tag.code})
