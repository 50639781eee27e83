"""Files of an enquiry: taking one in on somebody's behalf, handing it out, filing it, taking it back.

What is taken in is recognised by its bytes and kept under lock; it is scanned after the commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.domain import documents as rule
from comptoir.enquiries.actions import answering, telling
from comptoir.enquiries.models import (
    LEAST_IDENTIFIERS,
    ConsentHow,
    Document,
    DocumentContent,
    DocumentKind,
    Enquiry,
    Handled,
    Identifier,
    Message,
    Scan,
    UndoWhy,
)
from comptoir.enquiries.queries import handling
from comptoir.people import sealing
from comptoir.people.models import Person
from comptoir.ui import clock

SCAN = "enquiries.scan_document"
"""The name of the job that scans one; the job itself is in `jobs`, upstairs."""

MOST = 50
"""Documents of one enquiry (ours)."""

MOST_AT_ONCE = 10
"""Files that an asker sends with one text."""


class CannotKeep(Exception):
    """Nothing was changed."""


class TooMany(CannotKeep):
    """The enquiry has as many as it may have."""


class KeptAlready(CannotKeep):
    """The enquiry has this very file."""


class NotChecked(CannotKeep):
    """On behalf of a client: without written consent, or without two identifiers that agree."""


class KeyMissing(CannotKeep):
    """The key under which it was sealed is not among those in use."""


class NotReadable(CannotKeep):
    """It is being scanned, it is infected, or it was taken back: nobody reads it."""


class NotScanned(CannotKeep):
    """Nobody knows whether it does harm: a team lead may open it for a reason."""


class FiledAlready(CannotKeep):
    """It went to the case's file: taking it back here would change nothing there."""


class UndoneAlready(CannotKeep):
    """It was taken back before."""


class NotTheUploader(CannotKeep):
    """Only who added it takes it back."""


class TooLateToUndo(CannotKeep):
    """The day on which it was added is over: what went wrong is handed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who agreed that this document is given on their behalf, how, when, and to what."""

    by: str
    how: ConsentHow
    on: date
    scope: str


@dataclass(frozen=True, slots=True)
class Given:
    """A file as an asker gives it: the name it says it has, and its bytes."""

    name: str
    content: bytes


@transaction.atomic
def keep_of_asker(*, message: Message, files: Iterable[Given], now: datetime) -> None:
    """Take in what an asker sent with a text, all or nothing. What the enquiry has already is left out.

    Raises CannotKeep or rule.Unwelcome.
    """
    for file in files:
        try:
            keep(
                enquiry=message.enquiry,
                message=message,
                kind=DocumentKind.OTHER,
                name=file.name,
                content=file.content,
                by=None,
                now=now,
            )
        except KeptAlready:
            continue


@transaction.atomic
def keep(
    *,
    enquiry: Enquiry,
    kind: DocumentKind,
    name: str,
    content: bytes,
    by: Person | None,
    now: datetime,
    consent: Consent | None = None,
    identifiers: Collection[Identifier] = (),
    message: Message | None = None,
) -> Document:
    """Take a file in; `by` is None for the asker, to whom the receipt of their text is enough. What was
    added for them they are told of. It is scanned at once.

    Raises CannotKeep, or rule.Unwelcome for what is no file we take.
    """
    if by is not None and (consent is None or len(set(identifiers)) < LEAST_IDENTIFIERS):
        raise NotChecked
    content_type = rule.recognised(content)
    # The enquiry's row: ten are ten, however many come at once.
    Enquiry.objects.select_for_update(no_key=True).get(pk=enquiry.pk)
    digest = hashlib.sha256(content).hexdigest()
    _check_room(enquiry, digest)
    document = Document(
        enquiry=enquiry,
        message=message,
        kind=kind,
        name=rule.clean_name(name, content_type),
        content_type=content_type.value,
        size=len(content),
        sha256=digest,
        uploaded_at=now,
        uploaded_by=by,
        due_at=handling.due_at(Handled.DOCUMENT, now),
        identifiers=sorted(set(identifiers)),
    )
    if consent is not None:
        document.consent_by, document.consent_how = consent.by, consent.how
        document.consent_on, document.consent_scope = consent.on, consent.scope
    document.save()
    sealed = sealing.seal_file(content, of=_label(document))
    DocumentContent.objects.create(document=document, sealed=sealed)
    _note("document.kept", document, by, now, kind=str(kind))
    if by is not None:
        telling.document_received(document, now=now)
    app.configure_task(SCAN).defer(key=document.pk)
    return document


def _check_room(enquiry: Enquiry, digest: str) -> None:
    kept = Document.objects.kept().filter(enquiry=enquiry)
    if kept.filter(sha256=digest).exists():
        raise KeptAlready
    if kept.count() >= MOST:
        raise TooMany


def unsealed(document: Document) -> bytes:
    """The bytes; raises NotReadable when there are none any more, or KeyMissing."""
    content = DocumentContent.objects.filter(document=document).first()
    if content is None:
        raise NotReadable
    try:
        return sealing.unseal_file(bytes(content.sealed), of=_label(document))
    except sealing.Unreadable as error:
        raise KeyMissing from error


def _label(document: Document) -> str:
    return f"enquiries.document.{document.pk}.{document.sha256}"


@transaction.atomic
def hand_out(*, document: Document, by: Person, now: datetime) -> bytes:
    """The bytes of a clean document, for who may read the enquiry; who saw it is on record.

    Raises NotReadable, NotScanned or KeyMissing.
    """
    found = _readable(document)
    if found.scan == Scan.NOT_SCANNED:
        raise NotScanned
    _note("document.downloaded", found, by, now, verb=Verb.SAW)
    return unsealed(found)


@transaction.atomic
def hand_out_unscanned(*, document: Document, reason: str, by: Person, now: datetime) -> bytes:
    """The bytes of one that could not be scanned, as a team lead decided for a reason, which becomes a
    note for colleagues. Raises NotReadable or KeyMissing.
    """
    found = _readable(document)
    if found.scan == Scan.NOT_SCANNED:
        answering.note(enquiry=found.enquiry, body=reason, by=by, now=now)
        _note("document.opened_unscanned", found, by, now, verb=Verb.SAW)
    else:
        _note("document.downloaded", found, by, now, verb=Verb.SAW)
    return unsealed(found)


def _readable(document: Document) -> Document:
    found = Document.objects.select_related("enquiry").get(pk=document.pk)
    if found.was_undone or found.scan in (Scan.WAITING, Scan.INFECTED):
        raise NotReadable
    return found


@transaction.atomic
def mark_filed(*, document: Document, by: Person, now: datetime) -> Document:
    """Say that it is in the case's file. Twice is once. Raises UndoneAlready or NotReadable."""
    found = _locked(document)
    if found.scan in (Scan.WAITING, Scan.INFECTED):
        raise NotReadable
    if found.filed_at is None:
        found.filed_at, found.filed_by = now, by
        found.save(update_fields=["filed_at", "filed_by"])
        _note("document.filed", found, by, now)
    return found


@transaction.atomic
def undo(*, document: Document, why: UndoWhy, reason: str, by: Person, now: datetime) -> Document:
    """Take it back on the day it was added: its content goes for good, that it was here stays on record.

    Raises CannotKeep.
    """
    found = _locked(document)
    if found.uploaded_by_id != by.pk:
        raise NotTheUploader
    if found.filed_at is not None:
        raise FiledAlready
    if clock.service_date(found.uploaded_at) != clock.service_date(now):
        raise TooLateToUndo
    found.undone_at, found.undone_by = now, by
    found.undone_why, found.undone_reason = why, reason
    found.save()
    DocumentContent.objects.filter(document=found).delete()
    _note("document.undone", found, by, now, reason=str(why))
    return found


def _locked(document: Document) -> Document:
    """The row, ours until the transaction ends; raises UndoneAlready."""
    rows = Document.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("enquiry").get(pk=document.pk)
    if found.was_undone:
        raise UndoneAlready
    return found


def _note(
    action: str,
    document: Document,
    by: Person | None,
    now: datetime,
    *,
    verb: Verb = Verb.DID,
    **detail: str,
) -> None:
    audit.record(
        verb=verb,
        action=action,
        subject=document,
        by=by,
        now=now,
        office_id=document.enquiry.office_id,
        detail=detail,
    )
