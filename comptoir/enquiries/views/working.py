"""An agent's work: what is in hand, what waits, taking more, and the end of a shift."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from comptoir.enquiries.actions import taking
from comptoir.enquiries.forms.working import MOST_AT_ONCE, TakeForm
from comptoir.enquiries.models import WORKS, Agent, Enquiry, State
from comptoir.enquiries.permissions import get_agent_for
from comptoir.enquiries.queries import places
from comptoir.enquiries.queries import work as queries
from comptoir.enquiries.views import paging
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow

TAKEN_AT_ONCE = 10
"""What the button offers first (ours)."""


@require_GET
@allow(*WORKS)
def work(request: SignedIn) -> HttpResponse:
    """What the reader has in hand and on hold, what waits for somebody like them, today's answers."""
    agent = get_agent_for(request.standing)
    leads = Role.TEAM_LEAD in request.standing.roles
    in_hand = queries.of_agent(request.user, State.IN_HAND, request.now)
    context: dict[str, Any] = {
        "agent": agent,
        "in_hand": in_hand,
        "on_hold": queries.of_agent(request.user, State.ON_HOLD, request.now),
        "answered": queries.answered_today(request.user, request.now),
        "leads": leads,
        "only_leads": leads and (agent is None or not agent.active),
    }
    if agent is not None and agent.active:
        waiting = queries.waiting_for(agent, request.now)
        total = sum(each.count for each in waiting)
        room = max(0, agent.at_most - len(in_hand))
        count = min(TAKEN_AT_ONCE, room, total)
        context |= {
            "waiting": [(each, paging.counted(each.count)) for each in waiting],
            "total": total,
            "over": number_format(places.COUNTED, force_grouping=True)
            if any(each.is_more for each in waiting)
            else "",
            "room": room,
            "most": min(room, MOST_AT_ONCE),
            "form": TakeForm(initial={"count": count}) if count else None,
        }
    return render(request, "enquiries/work.html", context)


@require_POST
@allow(*WORKS)
def take(request: SignedIn) -> HttpResponse:
    """Take a batch, and go to the first of it."""
    agent = get_agent_for(request.standing)
    form = TakeForm(request.POST)
    if agent is None or not agent.active:
        messages.warning(request, _("You are not set up to answer enquiries: ask a team lead."))
    elif not form.is_valid():
        messages.warning(request, _("Nothing was taken: say how many, from 1 to 50."))
    else:
        taken = taken_by(request, agent, form.cleaned_data["count"])
        if taken:
            return redirect("enquiries:enquiry", taken[0].reference)
    return redirect("enquiries:work")


def taken_by(request: SignedIn, agent: Agent, count: int) -> list[Enquiry]:
    """What was taken, and a word about it."""
    try:
        taken = taking.take(agent=agent, count=count, now=request.now)
    except taking.HandsFull:
        messages.warning(
            request, _("Your hands are full: answer one, put one back or ask its client first.")
        )
        return []
    except taking.NothingToTake:
        messages.info(request, _("Nothing waits for you any more: colleagues were faster."))
        return []
    said = ngettext("You took %(count)d enquiry.", "You took %(count)d enquiries.", len(taken))
    messages.success(request, said % {"count": len(taken)})
    return taken


@require_POST
@allow(*WORKS)
def end_shift(request: SignedIn) -> HttpResponse:
    """Put everything back that is in hand."""
    count = taking.put_all_back(by=request.user, now=request.now)
    if count:
        said = ngettext(
            "%(count)d enquiry was put back. You leave nothing behind.",
            "%(count)d enquiries were put back. You leave nothing behind.",
            count,
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("You had nothing in hand."))
    return redirect("enquiries:work")
