"""What waits for an agent."""

from __future__ import annotations

from datetime import datetime

from comptoir.enquiries.models import Agent, Enquiry, EnquiryQuerySet, Line, State


def for_agent(agent: Agent, now: datetime) -> EnquiryQuerySet:
    """What waits on the agent's open lines, in a language they write, for nothing they do not know.

    Nothing restricted: that goes to who is named for it.
    """
    lines = Line.objects.open_at(now).filter(agents=agent).values("pk")
    return Enquiry.objects.filter(
        state=State.WAITING,
        is_restricted=False,
        line__in=lines,
        language__in=agent.languages,
        skills__contained_by=agent.skills,
    )
