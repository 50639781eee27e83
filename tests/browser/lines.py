"""A crisis line and an enquiry on it for the sweep of pages, made when first asked for."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.models import CrisisLine, Enquiry
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.world import World
from tests.enquiries import crises, factories


def _crisis(world: World) -> CrisisLine:
    found = CrisisLine.objects.first()
    if found is None:
        now = clock.now()
        found = crises.open_crisis(
            now=now,
            by=world.people[Role.TEAM_LEAD],
            staff=[factories.person(name="Bo Helper")],
            sunset_on=clock.service_date(now),
            is_drill=True,
        )
        factories.enquiry(line=found.line, now=now)
    return found


def crisis(world: World) -> tuple[Any, ...]:
    """A drill whose last day is today, with one enquiry and one person on loan."""
    return (_crisis(world).line.code,)


def enquiry(world: World) -> tuple[Any, ...]:
    """The enquiry that lies on it."""
    line = _crisis(world).line
    return (Enquiry.objects.filter(line=line)[0].reference,)


def shipped(world: World) -> tuple[Any, ...]:
    """The first version of the rules of triage."""
    return (1,)
