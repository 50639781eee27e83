"""The pages of mail in the sweep: empty, with one that a stranger wrote, and one that was refused."""

from __future__ import annotations

from typing import Any

from comptoir.demonstration.enquiries import MAILBOXES
from comptoir.enquiries.actions import arriving, setting_aside, taking
from comptoir.enquiries.actions.setting_aside import Refusal
from comptoir.enquiries.models import Channel, InboundMail, Undelivered
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.visit import Visit
from tests.browser.world import World
from tests.enquiries import factories, mail_writing

AGENT, LEAD = str(Role.AGENT), str(Role.TEAM_LEAD)


def _unreadable() -> InboundMail:
    """A mail whose sender is nobody to whom one could write: a person decides."""
    now, mailbox = clock.now(), MAILBOXES["public"]
    return mail_writing.came(mail_writing.mail(sender="nobody"), mailbox=mailbox, now=now)


def set_aside(world: World) -> tuple[Any, ...]:
    """One that waits for a decision."""
    return (_unreadable().pk,)


def of_no_line(world: World) -> tuple[Any, ...]:
    """One to a mailbox that no line has: who takes it in chooses the line."""
    nobodys = "nobodys@centre.example"
    return (mail_writing.came(mail_writing.mail(), mailbox=nobodys, now=clock.now()).pk,)


def refused(world: World) -> tuple[Any, ...]:
    """One that stays unanswered."""
    made = _unreadable()
    setting_aside.refuse(
        mail=made, why=Refusal.JUNK, by=world.people[Role.TEAM_LEAD], now=clock.now()
    )
    return (made.pk,)


def lost(world: World) -> Undelivered:
    """An answer that did not arrive, of an enquiry that the agent has in hand again."""
    known = Undelivered.objects.unhandled().first()
    if known is not None:
        return known
    now, agent = clock.now(), world.people[Role.AGENT]
    found = factories.enquiry(channel=Channel.EMAIL, now=now)
    text = found.messages.create(
        direction="out",
        channel="email",
        at=now,
        by=agent,
        language="en",
        body="It takes six months.",
    )
    sent = mail_writing.outbound(text)
    arriving.did_not_arrive(mail_id=sent.pk, code="5.1.1", now=now)
    found.refresh_from_db()
    taking.take_one(enquiry=found, version=found.version, by=agent, now=now)
    return sent.undelivered


def not_arrived(world: World) -> tuple[Any, ...]:
    row = lost(world)
    return (row.outbound.message.enquiry.reference, row.pk)


def enquiry_not_answered(world: World) -> tuple[Any, ...]:
    return not_arrived(world)[:1]


def some_lost(world: World) -> tuple[Any, ...]:
    """The list with something on it, whichever pages were visited before."""
    lost(world)
    return ()


def some_set_aside(world: World) -> tuple[Any, ...]:
    """The same of mail set aside."""
    _unreadable()
    return ()


PAGES = [
    Visit("enquiries:undelivered", LEAD, state="empty"),
    Visit("enquiries:not-arrived", AGENT, not_arrived),
    Visit("enquiries:enquiry", AGENT, enquiry_not_answered, state="not-arrived"),
    Visit("enquiries:undelivered", LEAD, some_lost),
    Visit("enquiries:mails", LEAD, state="empty"),
    Visit("enquiries:mail", LEAD, set_aside),
    Visit("enquiries:mail", LEAD, of_no_line, state="no-line"),
    Visit("enquiries:mail", LEAD, refused, state="refused"),
    Visit("enquiries:mails", LEAD, some_set_aside),
]
