"""Following an enquiry without an account: a code by mail opens it, and something can be added to it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from procrastinate.contrib.django import app

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.enquiries.actions import contacts, documents, receiving, reopening, triaging
from comptoir.enquiries.models import (
    Channel,
    Direction,
    Enquiry,
    FollowCode,
    Message,
    State,
)
from comptoir.enquiries.queries import drills, followed
from comptoir.people import sealing

SEND_CODE = "enquiries.send_follow_code"
SEND_REFERENCES = "enquiries.send_references"
"""The names of the jobs that write; the jobs themselves are in `jobs`, upstairs."""

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5
"""Of one code (ours)."""

WORTH_SENDING = timedelta(hours=1)
"""How late a list of references is still sent."""

KEPT_FOR = timedelta(days=1)
"""How long a code that is over stays on record."""

LONGEST = 2_000
"""Characters of what is added."""


class CannotReply(Exception):
    """It is part of another's enquiry, or ended with its drill: ask a new question."""


@transaction.atomic
def ask_for_code(*, reference: str, email: str, language: str, now: datetime) -> UUID:
    """Have a code sent if reference and address belong together; the key of the code in any case.

    The same rows are written and the same job is deferred whether they do or not.
    """
    code = new_code()
    row = FollowCode(enquiry=followed.belonging(reference, email), expires_at=now + VALID_FOR)
    row.digest = _digest(row, code)
    row.save(force_insert=True)
    app.configure_task(SEND_CODE).defer(
        key=str(row.pk),
        sealed_code=sealing.seal(code),
        language=language,
        useless_after=row.expires_at.isoformat(),
    )
    return row.pk


def ask_for_references(*, email: str, language: str, now: datetime) -> None:
    """Have the references of an address sent to it, if there are any."""
    app.configure_task(SEND_REFERENCES).defer(
        sealed_address=sealing.seal(email),
        language=language,
        useless_after=(now + WORTH_SENDING).isoformat(),
    )


@transaction.atomic
def try_code(*, key: UUID, code: str, now: datetime) -> Enquiry | None:
    """The enquiry that this code opens, if it is the one. Every try counts; a right one is used up."""
    found = FollowCode.objects.select_for_update(no_key=True).filter(pk=key).first()
    if found is None or not is_open(code=found, now=now):
        return None
    found.tries += 1
    fits = constant_time_compare(found.digest, _digest(found, code))
    if found.enquiry_id is None or not fits:
        found.save(update_fields=["tries"])
        audit.record(
            verb=Verb.REFUSED, action="enquiry.code_refused", subject=found, by=None, now=now
        )
        return None
    found.used_at = now
    found.save(update_fields=["tries", "used_at"])
    enquiry = Enquiry.objects.get(pk=found.enquiry_id)
    audit.record(verb=Verb.SAW, action="enquiry.followed", subject=enquiry, by=None, now=now)
    return enquiry


def is_open(*, code: FollowCode, now: datetime) -> bool:
    """Whether it can still be tried."""
    return code.used_at is None and now < code.expires_at and code.tries < MOST_TRIES


@transaction.atomic
def reply(
    *,
    enquiry: Enquiry,
    body: str,
    attempt: UUID,
    now: datetime,
    files: Sequence[documents.Given] = (),
) -> Message:
    """Add what the client writes and sends; what was asked back or answered goes on. Sent twice, it is
    added once. Raises CannotReply, or what `documents.keep_of_asker` raises, and then nothing is added.
    """
    found = Enquiry.objects.select_for_update(of=("self",), no_key=True).get(pk=enquiry.pk)
    # A form's number is its browser's word: of another enquiry's it must be none.
    own = uuid5(attempt, found.reference)
    known = Message.objects.filter(attempt=own).first()
    if known is not None:
        return known
    if found.state == State.JOINED or drills.has_ended(found):
        raise CannotReply
    message = Message.objects.create(
        enquiry=found,
        direction=Direction.IN,
        channel=Channel.WEB_FORM,
        at=now,
        language=found.language,
        body=body,
        attempt=own,
    )
    documents.keep_of_asker(message=message, files=files, now=now)
    # Whoever has it in hand has not seen this yet: an answer they send now is refused, and read again.
    found.version += 1
    found.save(update_fields=["version"])
    audit.record(
        action="enquiry.replied", subject=found, by=None, now=now, office_id=found.office_id
    )
    contacts.received(found, message, is_first=False)
    triaging.look_again(enquiry=found, text=body, now=now)
    reopening.go_on(enquiry=found, at=now, now=now)
    return message


def forget_codes(*, now: datetime) -> int:
    """Delete the codes that are over; how many."""
    deleted, _ = FollowCode.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    return deleted


def new_code() -> str:
    """Eight letters and digits that are mistaken for no others, as XXXX-XXXX."""
    letters = "".join(secrets.choice(receiving.REFERENCE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _digest(row: FollowCode, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("enquiries.follow", f"{row.pk} {plain}", algorithm="sha256").hexdigest()
