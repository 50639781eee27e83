"""The room's background work: documents are scanned."""

from __future__ import annotations

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from comptoir.enquiries import gateway
from comptoir.enquiries.actions import documents, scanning
from comptoir.enquiries.models import Document, Scan
from comptoir.ui import clock

logger = logging.getLogger(__name__)

MOST_SCANNED = 50
"""How many documents one round scans; the next comes in five minutes."""

AGAIN = RetryStrategy(
    max_attempts=4, wait=5, exponential_wait=3, retry_exceptions={gateway.Unreachable}
)


@app.task(name=documents.SCAN, retry=AGAIN)
def scan_document(*, key: int) -> None:
    """Scan one document; nothing if it was taken back or is known already."""
    found = Document.objects.kept().filter(pk=key, scan=Scan.WAITING).first()
    if found is not None:
        scanning.scan(document=found, scanner=gateway.scanner(), now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="enquiries.scan_again", queueing_lock="enquiries.scan_again")
def scan_again(timestamp: int) -> None:
    """Scan what a job did not, and say of what waited too long that it was not scanned."""
    known = scanning.scan_again(scanner=gateway.scanner(), most=MOST_SCANNED, now=clock.now())
    if known:
        logger.info("%s documents were scanned that had waited", known)
