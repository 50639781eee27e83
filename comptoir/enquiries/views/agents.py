"""A team lead's pages about agents: what they answer, what is given to them, who is away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.enquiries.actions import agents as actions
from comptoir.enquiries.actions import changing, handing
from comptoir.enquiries.forms.agents import AgentForm, AssignForm
from comptoir.enquiries.forms.working import version_of
from comptoir.enquiries.models import Agent
from comptoir.enquiries.permissions import get_agent_person_for, get_enquiry_for
from comptoir.enquiries.queries import agents as queries
from comptoir.enquiries.views.enquiry import changed
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow

PAGE = 50


@require_GET
@allow(Role.TEAM_LEAD)
def agents(request: SignedIn) -> HttpResponse:
    """Everybody with the role of an agent, what they answer and what they have."""
    page = Paginator(queries.people(request.now), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "agents": queries.listed(list(page))}
    return render(request, "enquiries/agents.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def agent(request: SignedIn, key: int) -> HttpResponse:
    """Say what one of them answers."""
    person = get_agent_person_for(request.standing, key, request.now)
    known = Agent.objects.filter(person=person).prefetch_related("lines").first()
    form = AgentForm(request.POST or None, initial=_initial(known))
    if request.method == "POST" and form.is_valid():
        actions.set_up(person=person, by=request.user, now=request.now, **form.cleaned_data)
        said = _("What %(name)s answers was saved.") % {"name": person.name}
        messages.success(request, said)
        return redirect("enquiries:agents")
    (listed,) = queries.listed([person])
    context = {"form": form, "listed": listed}
    status = 422 if request.method == "POST" else 200
    return render(request, "enquiries/agent.html", context, status=status)


@require_POST
@allow(Role.TEAM_LEAD)
def release(request: SignedIn, key: int) -> HttpResponse:
    """Somebody is away: what they have in hand waits for others again."""
    person = get_agent_person_for(request.standing, key, request.now)
    count = handing.release(person=person, by=request.user, now=request.now)
    said = ngettext(
        "%(count)d enquiry waits for others again.",
        "%(count)d enquiries wait for others again.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("enquiries:agents")


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def assign(request: SignedIn, reference: str) -> HttpResponseBase:
    """Give an enquiry to an agent who can answer it."""
    found = get_enquiry_for(request.standing, reference)
    able = queries.able(found, request.now)
    form = AssignForm(request.POST or None, agents=able)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            handing.assign(
                enquiry=found,
                version=version_of(request.POST),
                to=to,
                by=request.user,
                now=request.now,
            )
        except handing.CannotBeGiven:
            form.add_error("to", _("This agent has no hand free: choose another one."))
        except changing.CannotChange as refused:
            return changed(request, found, refused)
        else:
            said = _("%(name)s has it in hand now.") % {"name": to.person.name}
            messages.success(request, said)
            return redirect("enquiries:enquiry", reference)
    context = {"form": form, "enquiry": found, "version": found.version, "able": able}
    status = 422 if request.method == "POST" else 200
    return render(request, "enquiries/assign.html", context, status=status)


def _initial(agent: Agent | None) -> dict[str, Any]:
    if agent is None:
        return {"at_most": 20, "active": True}
    return {
        "lines": [line.code for line in agent.lines.all()],
        "languages": agent.languages,
        "skills": ", ".join(agent.skills),
        "at_most": agent.at_most,
        "active": agent.active,
    }
