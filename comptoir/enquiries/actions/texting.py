"""Writing, approving and retiring the texts that agents send."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.domain import wording
from comptoir.enquiries.models import Message, Text, TextUse, TextVersion
from comptoir.enquiries.queries import texts
from comptoir.people.models import Person, sort_key


class CannotText(Exception):
    """Nothing was written."""


class BadWording(CannotText):
    """The two languages do not say the same, or a variable is not one of ours."""

    def __init__(self, faults: Collection[wording.Fault]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)


class CodeTaken(CannotText):
    """Another text has this short name."""


class RetiredAlready(CannotText):
    """A text that is retired gets no new words: another is begun."""


class ApprovedAlready(CannotText):
    """Somebody has approved this version."""


class OwnWords(CannotText):
    """Who wrote a version does not approve it."""


class NotInUse(CannotText):
    """A version that is not approved, or no more the one in use, is not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a version in both languages."""

    title_en: str
    title_fr: str
    body_en: str
    body_fr: str


@transaction.atomic
def start(
    *, code: str, kind: str, words: Wording, by: Person, now: datetime, **fits: str | bool
) -> TextVersion:
    """Begin a text with its first version, to be approved. `fits` says what it is for: its topic, line
    of business, whether it speaks about a case. Raises BadWording or CodeTaken.
    """
    text = Text(code=code, kind=kind, created_by=by, created_at=now, **fits)
    _check(words)
    text.is_case_specific = texts.is_about_a_case(text, {"en": words.body_en, "fr": words.body_fr})
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError as error:  # whoever else begins one at this moment
        raise CodeTaken from error
    return write(text=text, words=words, by=by, now=now)


@transaction.atomic
def write(*, text: Text, words: Wording, by: Person, now: datetime) -> TextVersion:
    """Write the next version of a text; the one in use stays in use until this is approved.

    Raises BadWording or RetiredAlready.
    """
    _check(words)
    # The text's row: two versions written at once get two numbers.
    found = Text.objects.select_for_update(no_key=True).get(pk=text.pk)
    if found.retired_at is not None:
        raise RetiredAlready
    last = found.versions.order_by("-number").first()
    spoken = " ".join((words.title_en, words.title_fr, words.body_en, words.body_fr))
    version = TextVersion.objects.create(
        text=found,
        number=1 if last is None else last.number + 1,
        title_en=words.title_en,
        title_fr=words.title_fr,
        body_en=words.body_en,
        body_fr=words.body_fr,
        search_key=f"{sort_key(found.code)} {sort_key(spoken)}",
        written_by=by,
        written_at=now,
    )
    audit.record(
        action="text.written",
        subject=found,
        by=by,
        now=now,
        detail={"version": version.number},
    )
    return version


@transaction.atomic
def approve(*, version: TextVersion, by: Person, now: datetime) -> TextVersion:
    """Put a version to use. What it says about a case makes the text one of cases for good.

    Raises ApprovedAlready or OwnWords.
    """
    found = (
        TextVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("text")
        .get(pk=version.pk)
    )
    if found.approved_at is not None:
        raise ApprovedAlready
    if found.written_by_id == by.pk:
        raise OwnWords
    found.approved_by = by
    found.approved_at = now
    found.save(update_fields=["approved_by", "approved_at"])
    bodies = {"en": found.body_en, "fr": found.body_fr}
    if texts.is_about_a_case(found.text, bodies) and not found.text.is_case_specific:
        found.text.is_case_specific = True
        found.text.save(update_fields=["is_case_specific"])
    audit.record(
        action="text.approved",
        subject=found.text,
        by=by,
        now=now,
        detail={"version": found.number},
    )
    return found


@transaction.atomic
def retire(*, text: Text, by: Person, now: datetime) -> None:
    """Propose a text no more; what was sent of it stays on record. Twice is once."""
    if Text.objects.filter(pk=text.pk, retired_at=None).update(retired_at=now):
        audit.record(action="text.retired", subject=text, by=by, now=now)


def quote(*, message: Message, versions: Collection[TextVersion], now: datetime) -> None:
    """Keep which texts a message was made from; raises NotInUse."""
    wanted = {version.pk for version in versions}
    if TextVersion.objects.in_use(now).filter(pk__in=wanted).count() != len(wanted):
        raise NotInUse
    TextUse.objects.bulk_create(TextUse(message=message, version_id=pk) for pk in sorted(wanted))


def _check(words: Wording) -> None:
    faults = wording.faults(words.body_en, words.body_fr, texts.VARIABLES)
    if faults or not (words.title_en.strip() and words.title_fr.strip()):
        raise BadWording(faults or (wording.Fault.EMPTY,))
