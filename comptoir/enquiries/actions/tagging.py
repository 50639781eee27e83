"""Putting words of the centre's list on enquiries, and keeping that list."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from comptoir.audit import actions as audit
from comptoir.enquiries.models import Enquiry, Tag
from comptoir.people.models import Person

MOST = 60
"""Tags to choose from: more nobody reads through (ours)."""

LONGEST_CODE = 24
"""Leaves room for a number behind it."""


class CannotKeepTag(Exception):
    """The list stays as it is."""


class NameTaken(CannotKeepTag):
    """Another tag is called so in one of the languages, given or retired."""


class TooManyTags(CannotKeepTag):
    """As many are given as may be."""


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


@transaction.atomic
def add(*, name_en: str, name_fr: str, by: Person, now: datetime) -> Tag:
    """Put a word on the list. Raises CannotKeepTag."""
    _check_room()
    tag = Tag(code=_free_code(name_en), name_en=name_en, name_fr=name_fr)
    _save(tag)
    audit.record(action="tag.added", subject=tag, by=by, now=now, detail={"tag": tag.code})
    return tag


@transaction.atomic
def rename(*, tag: Tag, name_en: str, name_fr: str, by: Person, now: datetime) -> Tag:
    """Call it otherwise, also where it was put on. Raises NameTaken."""
    found = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    if (found.name_en, found.name_fr) != (name_en, name_fr):
        found.name_en, found.name_fr = name_en, name_fr
        _save(found)
        audit.record(action="tag.renamed", subject=found, by=by, now=now, detail={"tag": tag.code})
    return found


@transaction.atomic
def retire(*, tag: Tag, by: Person, now: datetime) -> None:
    """Choose it no more; it stays where it was put on. Twice is once."""
    found = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    if found.is_given:
        found.is_given = False
        found.save(update_fields=["is_given"])
        audit.record(action="tag.retired", subject=found, by=by, now=now, detail={"tag": tag.code})


@transaction.atomic
def give_again(*, tag: Tag, by: Person, now: datetime) -> None:
    """Put a retired one on the list again. Twice is once. Raises TooManyTags."""
    found = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    if not found.is_given:
        _check_room()
        found.is_given = True
        found.save(update_fields=["is_given"])
        audit.record(action="tag.added", subject=found, by=by, now=now, detail={"tag": tag.code})


def _check_room() -> None:
    if Tag.objects.filter(is_given=True).count() >= MOST:
        raise TooManyTags


def _save(tag: Tag) -> None:
    """Two who call two tags the same at once: the database knows."""
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise NameTaken from None


def _free_code(name: str) -> str:
    """What addresses and the trail call it: never changed, whatever it is called later."""
    stem = slugify(name)[:LONGEST_CODE].strip("-") or "tag"
    taken = set(Tag.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
