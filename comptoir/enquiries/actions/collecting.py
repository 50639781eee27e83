"""Collecting mail from where it lies: on record first, put away after, decided in the order it came."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError

from comptoir.enquiries.actions import keeping, mailing
from comptoir.enquiries.gateway import imap
from comptoir.enquiries.gateway.maildir import Maildir
from comptoir.enquiries.models import Delivery, InboundMail

logger = logging.getLogger(__name__)

RUN = timedelta(seconds=50)
"""How long one run goes on; the next begins within the minute."""

AT_ONCE = 100
"""Mails that are kept before they are put away together."""

BATCH = 500
"""How many pending mails are looked up at a time."""

Clock = Callable[[], datetime]


def accounts() -> Iterator[imap.Account]:
    """The mailboxes of the settings."""
    for mailbox in settings.IMAP_MAILBOXES:
        yield imap.Account(
            mailbox=mailbox.address.casefold(),
            user=mailbox.user,
            password=mailbox.password,
            host=settings.IMAP_HOST,
            port=settings.IMAP_PORT,
            security=settings.IMAP_SECURITY,
            processed=settings.IMAP_PROCESSED,
        )


def collect(*, account: imap.Account, clock: Clock) -> int:
    """Keep what lies in a mailbox, then put it away; how many mails. Raises imap.Unreachable."""
    end, count = clock() + RUN, 0
    with imap.opened(account) as mailbox:
        places = mailbox.places()
        while places and clock() < end:
            batch, places = places[:AT_ONCE], places[AT_ONCE:]
            stay = set()
            for place in _not_kept(account.mailbox, batch):
                if _taken(mailbox, account.mailbox, place, clock):
                    count += 1
                else:
                    stay.add(place)
            mailbox.put_away([place for place in batch if place not in stay])
    return count


def _taken(box: imap.MailboxOnServer, mailbox: str, place: str, clock: Clock) -> bool:
    """Read it and put it on record; what cannot be read now stays where it lies and holds up no other."""
    try:
        lying = box.read(place)
    except imap.Withheld as problem:
        logger.warning("A mail of %s at %s is not handed out: %s", mailbox, place, problem)
        return False
    return lying is not None and _keep(mailbox, lying, clock)


def _keep(mailbox: str, lying: imap.Lying, clock: Clock) -> bool:
    """Put it on record; if the database will not have it, it stays where it lies and holds up no other."""
    try:
        keeping.keep(mailbox=mailbox, lying=lying, now=clock())
    except (DataError, IntegrityError):
        logger.exception("A mail of %s at %s could not be kept.", mailbox, lying.place)
        return False
    return True


def _not_kept(mailbox: str, places: list[str]) -> list[str]:
    """Those of the places whose mail is not on record."""
    kept = set(
        Delivery.objects.filter(mailbox=mailbox, place__in=places).values_list("place", flat=True)
    )
    return [place for place in places if place not in kept]


def collect_maildir(*, maildir: Maildir, mailbox: str, clock: Clock) -> int:
    """The same of a maildir, a mail at a time; how many."""
    count = 0
    for place in maildir.places():
        lying = maildir.read(place)
        if lying is not None and _keep(mailbox, lying, clock):
            maildir.put_away(place)
            count += 1
    return count


def decide_pending(*, clock: Clock, run: timedelta = RUN) -> int:
    """Decide what waits, the oldest first; how many. One that fails holds up no other."""
    end, count, seen = clock() + run, 0, set[int]()
    while clock() < end:
        pending = InboundMail.objects.pending().exclude(pk__in=seen)
        keys = list(pending.order_by("received_at", "pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        for key in keys:
            if clock() >= end:
                break
            seen.add(key)
            count += _decided(key, clock)
    return count


def _decided(key: int, clock: Clock) -> bool:
    try:
        return mailing.decide(mail_id=key, now=clock()) is not None
    except OperationalError as error:
        # A lock that was not to be had, a database that was away: the mail is not to blame.
        logger.warning("Mail %s waits for another round: %s", key, error)
        return False
    except Exception as error:
        logger.exception("Mail %s could not be decided.", key)
        mailing.failed(mail_id=key, problem=type(error).__name__, now=clock())
        return False
