"""The room's background work: codes, documents to scan, clocks, loans, sunsets, mail in and out."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from comptoir.enquiries.actions import (
    clocks,
    collecting,
    crisis_rest,
    documents,
    following,
    lending,
    scanning,
    sending,
    telling,
)
from comptoir.enquiries.gateway import imap
from comptoir.enquiries.gateway import scanning as scanners
from comptoir.enquiries.models import Document, FollowCode, OutboundMail, Scan
from comptoir.enquiries.queries import followed, messages, promises, running
from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.notices.queries import open_switch
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


BATCH = 500
"""Clocks that are computed anew in one transaction."""


@app.periodic(cron="*/15 * * * *")
@app.task(name="enquiries.follow_calendar", queueing_lock="enquiries.follow_calendar")
def follow_calendar(timestamp: int) -> None:
    """Compute anew what was computed by another calendar: a holiday was announced, or taken back."""
    calendars = promises.Calendars()
    seen = moved = 0
    waiting = list(running.of_another_calendar(calendars))
    for place in range(0, len(waiting), BATCH):
        keys = waiting[place : place + BATCH]
        moved += len(clocks.follow_calendar(keys=keys, calendars=calendars, now=clock.now()))
        seen += len(keys)
    if seen:
        logger.info("%s running clocks follow another calendar, %s due dates moved", seen, moved)


# In the small hours of Montréal, whatever its offset.
@app.periodic(cron="47 8 * * *")
@app.task(name="enquiries.check_clocks", queueing_lock="enquiries.check_clocks")
def check_clocks(timestamp: int) -> None:
    """Report every running clock whose due date is not what the rule gives. Nothing is changed."""
    found = 0
    for difference in running.differences(promises.Calendars()):
        found += 1
        logger.error(
            "Clock %s of enquiry %s is due %s, the rule gives %s",
            difference.clock,
            difference.reference,
            difference.due_at.isoformat(),
            difference.should_be.isoformat(),
        )
    logger.info("%s running clocks differ from the rule", found)


@app.periodic(cron="12 * * * *")
@app.task(name="enquiries.return_staff", queueing_lock="enquiries.return_staff")
def return_staff(timestamp: int) -> None:
    """Let those go home whose loan to a crisis line is over."""
    returned = lending.return_due(now=clock.now())
    if returned:
        logger.info("%s loans to crisis lines ended", returned)


@app.periodic(cron="* * * * *")
@app.task(name="enquiries.gather", queueing_lock="enquiries.gather")
def gather(timestamp: int) -> None:
    """Bring to the public line what waits on a line that has closed."""
    gathered = crisis_rest.gather(now=clock.now())
    if gathered:
        logger.info("%s enquiries waited on a closed line", gathered)


@app.periodic(cron="22 13 * * *")
@app.task(name="enquiries.warn_of_sunset", queueing_lock="enquiries.warn_of_sunset")
def warn_of_sunset(timestamp: int) -> None:
    """Tell team leads once of each crisis line whose sunset is a week away or less."""
    telling.sunsets(now=clock.now())


MOST_SENT = 500
"""How many mails one run sends."""

RUN = timedelta(seconds=50)


@app.periodic(cron="* * * * *")
@app.task(name="enquiries.collect_mail", queueing_lock="enquiries.collect_mail")
def collect_mail(timestamp: int) -> None:
    """Take in what lies in the mailboxes, and decide it. Without mailboxes it only decides."""
    collect_and_decide()


def collect_and_decide() -> None:
    """A mailbox that cannot be read, for whatever reason, holds up no other; what was kept is decided in any case."""
    for account in collecting.accounts():
        try:
            collecting.collect(account=account, clock=clock.now)
        except imap.Unreachable as problem:
            logger.warning("A mailbox cannot be read now: %s", problem)
        except Exception as error:
            # What an error says may hold words of a mail, or a password.
            logger.error("Mailbox %s failed: %s", account.mailbox, type(error).__name__)
    collecting.decide_pending(clock=clock.now)


@app.task(name=sending.SEND)
def send_mail() -> None:
    """Send what is due; deferred as soon as an answer is written."""
    send_due()


@app.periodic(cron="* * * * *")
@app.task(name="enquiries.send_mail_each_minute", queueing_lock="enquiries.send_mail_each_minute")
def send_mail_each_minute(timestamp: int) -> None:
    """Send what is due: what had to wait, what a dead worker dropped."""
    send_due()


def send_due() -> None:
    """Send what is due, the longest due first, over one connection to the mail server. One that fails
    holds up no other.
    """
    start = clock.now()
    due = OutboundMail.objects.due(start).order_by("send_after", "pk")
    waiting = list(due.values_list("pk", flat=True)[:MOST_SENT])
    if not waiting or open_switch() is not None:
        return
    with gateway.mailbox() as mailbox:
        for mail_id in waiting:
            now = clock.now()
            if now - start > RUN:
                return
            try:
                sending.send(mail_id=mail_id, mailbox=mailbox, now=now)
            except gateway.Unreachable as problem:
                logger.warning("The mail server takes nothing now: %s", problem)
                return
            except Exception as error:
                # What an error says may hold words of a mail.
                logger.error("Mail %s failed: %s", mail_id, type(error).__name__)
