"""Which notices a change to an enquiry gives rise to; queued in the change's own transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from comptoir.enquiries.actions import sending
from comptoir.enquiries.models import Document, Enquiry, Message, Referral
from comptoir.enquiries.queries import crisis as lines
from comptoir.enquiries.queries import infection_messages, messages, sunset_messages
from comptoir.notices import actions as notices
from comptoir.ui import clock

CATCH_UP = timedelta(days=10)
"""However late within this, a receipt or an answer is worth telling."""


def received(enquiry: Enquiry, *, now: datetime) -> None:
    """Say that it has come, and when it is due."""
    _tell(messages.RECEIVED, enquiry, now)


def asked_again(enquiry: Enquiry, *, now: datetime) -> None:
    """Say that it was put with what was asked before, and that no second one is needed."""
    _tell(messages.ASKED_AGAIN, enquiry, now)


def answered(enquiry: Enquiry, message: Message, *, now: datetime) -> None:
    """Send the answer by mail if it may go so; else say that there is one, and where it is read."""
    if not sending.queue_if_it_may(enquiry=enquiry, message=message, now=now):
        _tell(messages.ANSWERED, enquiry, now)


def more_needed(enquiry: Enquiry, message: Message, *, now: datetime) -> None:
    """Send the centre's question by mail if it may go so; else say that there is one."""
    if not sending.queue_if_it_may(enquiry=enquiry, message=message, now=now):
        _tell(messages.MORE_NEEDED, enquiry, now)


def document_received(document: Document, *, now: datetime) -> None:
    """Say to who asked that a document was added to their enquiry."""
    enquiry = document.enquiry
    if not enquiry.asker_email:
        return
    notices.queue(
        kind=messages.DOCUMENT_RECEIVED,
        subject_id=document.pk,
        version=0,
        address=enquiry.asker_email,
        language=enquiry.language,
        time_zone=settings.SERVICE_TIME_ZONE,
        send_after=now,
        useless_after=now + CATCH_UP,
        now=now,
        office_id=enquiry.office_id,
    )


def document_infected(document: Document, *, now: datetime) -> None:
    """Tell who has the enquiry, or the team leads, once: the client has to send it anew."""
    notices.queue(
        kind=infection_messages.DOCUMENT_INFECTED,
        subject_id=document.pk,
        version=0,
        address="",
        language="",
        time_zone="",
        send_after=now,
        useless_after=now + CATCH_UP,
        now=now,
        office_id=document.enquiry.office_id,
    )


def referred(referral: Referral, *, now: datetime) -> None:
    """Say to who answers for a matter that it was handed to them."""
    owner = referral.owner
    notices.queue(
        kind=messages.REFERRED,
        subject_id=referral.pk,
        version=0,
        address=owner.email,
        language=owner.language,
        time_zone=owner.time_zone,
        send_after=now,
        useless_after=now + CATCH_UP,
        now=now,
        office_id=referral.enquiry.office_id,
    )


def sunsets(*, now: datetime) -> None:
    """Tell every team lead once of each crisis line that is to end soon; an extension is told anew."""
    for crisis in lines.to_warn(clock.service_date(now)):
        notices.queue(
            kind=sunset_messages.SUNSET_NEAR,
            subject_id=crisis.pk,
            version=crisis.sunset_on.toordinal(),
            address="",
            language="",
            time_zone="",
            send_after=now,
            useless_after=now + CATCH_UP,
            now=now,
        )


def _tell(kind: str, enquiry: Enquiry, now: datetime) -> None:
    if not enquiry.asker_email:
        return
    notices.queue(
        kind=kind,
        subject_id=enquiry.pk,
        version=enquiry.version,
        address=enquiry.asker_email,
        language=enquiry.language,
        time_zone=settings.SERVICE_TIME_ZONE,
        send_after=now,
        useless_after=now + CATCH_UP,
        now=now,
        office_id=enquiry.office_id,
    )
