"""The pages of mail in the sweep: empty, with one that a stranger wrote, and one that was refused."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import setting_aside
from comptoir.enquiries.actions.setting_aside import Refusal
from comptoir.enquiries.models import InboundMail
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.visit import Visit
from tests.browser.world import World
from tests.enquiries import mail_writing

LEAD = str(Role.TEAM_LEAD)


def _unreadable() -> InboundMail:
    """A mail whose sender is nobody to whom one could write: a person decides."""
    now = clock.now()
    return mail_writing.came(mail_writing.mail(sender="nobody"), now=now)


def set_aside(world: World) -> tuple[Any, ...]:
    """One that waits for a decision."""
    return (_unreadable().pk,)


def refused(world: World) -> tuple[Any, ...]:
    """One that stays unanswered."""
    made = _unreadable()
    setting_aside.refuse(
        mail=made, why=Refusal.JUNK, by=world.people[Role.TEAM_LEAD], now=clock.now()
    )
    return (made.pk,)


PAGES = [
    Visit("enquiries:mails", LEAD, state="empty"),
    Visit("enquiries:mail", LEAD, set_aside),
    Visit("enquiries:mail", LEAD, refused, state="refused"),
    Visit("enquiries:mails", LEAD),
]
