"""What waits for an agent."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from comptoir.enquiries.models import Agent, Enquiry, EnquiryQuerySet, Line, Rest, State


def for_agent(agent: Agent, now: datetime) -> EnquiryQuerySet:
    """What waits on the agent's lines, in a language they write, for nothing they do not know.

    A line is open, or takes no more and is worked until all on it is answered. Nothing restricted: that
    goes to who is named for it.
    """
    worked = Q(pk__in=Line.objects.open_at(now)) | Q(crisis__rest=Rest.STAYED)
    lines = Line.objects.filter(worked, agents=agent).values("pk")
    return Enquiry.objects.filter(
        state=State.WAITING,
        is_restricted=False,
        line__in=lines,
        language__in=agent.languages,
        skills__contained_by=agent.skills,
    )
