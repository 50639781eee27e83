"""Background work of the single window: mail is collected, decided and sent."""

from __future__ import annotations

import logging
from datetime import timedelta

from procrastinate.contrib.django import app

from comptoir.enquiries.actions import collecting, sending
from comptoir.enquiries.gateway import imap
from comptoir.enquiries.models import OutboundMail
from comptoir.notices import gateway
from comptoir.notices.queries import open_switch
from comptoir.ui import clock

logger = logging.getLogger(__name__)

BATCH = 500
"""How many mails one run sends."""

RUN = timedelta(seconds=50)


@app.periodic(cron="* * * * *")
@app.task(name="enquiries.collect_mail", queueing_lock="enquiries.collect_mail")
def collect_mail(timestamp: int) -> None:
    """Take in what lies in the mailboxes, and decide it. Without mailboxes it only decides."""
    collect_and_decide()


def collect_and_decide() -> None:
    """A mailbox that cannot be reached holds up no other; what was kept is decided in any case."""
    for account in collecting.accounts():
        try:
            collecting.collect(account=account, clock=clock.now)
        except imap.Unreachable as problem:
            logger.warning("A mailbox cannot be read now: %s", problem)
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
    """Send what is due, the longest due first, over one connection to the mail server."""
    start = clock.now()
    due = OutboundMail.objects.due(start).order_by("send_after", "pk")
    waiting = list(due.values_list("pk", flat=True)[:BATCH])
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
