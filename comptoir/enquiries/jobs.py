"""The room's background work: codes and references to who follows an enquiry, documents to scan."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from comptoir.enquiries import gateway as scanners
from comptoir.enquiries.actions import documents, following, scanning
from comptoir.enquiries.models import Document, FollowCode, Scan
from comptoir.enquiries.queries import followed, messages
from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.people import sealing
from comptoir.ui import clock

logger = logging.getLogger(__name__)

AGAIN = RetryStrategy(
    max_attempts=5,
    wait=2,
    exponential_wait=3,
    retry_exceptions={gateway.TryLater, notices.Stopped},
)

SCAN_AGAIN = RetryStrategy(
    max_attempts=4, wait=5, exponential_wait=3, retry_exceptions={scanners.Unreachable}
)

MOST_SCANNED = 50
"""How many documents one round scans; the next comes in five minutes."""


@app.task(name=following.SEND_CODE, retry=AGAIN)
def send_follow_code(*, key: str, sealed_code: str, language: str, useless_after: str) -> None:
    """Send a code to the address of its enquiry; to nobody if it has none."""
    now = clock.now()
    found = FollowCode.objects.select_related("enquiry").filter(pk=key, used_at=None).first()
    if found is None or found.enquiry is None or now >= datetime.fromisoformat(useless_after):
        return
    notices.send_now(
        kind=messages.FOLLOW_CODE,
        address=found.enquiry.asker_email,
        language=language,
        time_zone=settings.SERVICE_TIME_ZONE,
        context={
            "code": sealing.unseal(sealed_code),
            "minutes": int(following.VALID_FOR.total_seconds() // 60),
        },
        now=now,
    )


@app.task(name=following.SEND_REFERENCES, retry=AGAIN)
def send_references(*, sealed_address: str, language: str, useless_after: str) -> None:
    """Send an address the references of its newest enquiries; nothing if it has none."""
    now = clock.now()
    address = sealing.unseal(sealed_address)
    references = [enquiry.reference for enquiry in followed.listed(address, now)]
    if not references or now >= datetime.fromisoformat(useless_after):
        return
    notices.send_now(
        kind=messages.REFERENCES,
        address=address,
        language=language,
        time_zone=settings.SERVICE_TIME_ZONE,
        context={"references": references, "link": messages.follow_link(language)},
        now=now,
    )


@app.periodic(cron="31 4 * * *")
@app.task(name="enquiries.forget_codes", queueing_lock="enquiries.forget_codes")
def forget_codes(timestamp: int) -> None:
    """Delete the codes that are over."""
    deleted = following.forget_codes(now=clock.now())
    if deleted:
        logger.info("%s codes to follow an enquiry were deleted", deleted)


@app.task(name=documents.SCAN, retry=SCAN_AGAIN)
def scan_document(*, key: int) -> None:
    """Scan one document; nothing if it was taken back or is known already."""
    found = Document.objects.kept().filter(pk=key, scan=Scan.WAITING).first()
    if found is not None:
        scanning.scan(document=found, scanner=scanners.scanner(), now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="enquiries.scan_again", queueing_lock="enquiries.scan_again")
def scan_again(timestamp: int) -> None:
    """Scan what a job did not, and say of what waited too long that it was not scanned."""
    known = scanning.scan_again(scanner=scanners.scanner(), most=MOST_SCANNED, now=clock.now())
    if known:
        logger.info("%s documents were scanned that had waited", known)
