"""A professional's day and follow-ups. A team lead looks at anybody's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import seeing
from comptoir.liaison.actions import serving as actions
from comptoir.liaison.forms.serving import FollowUpFilterForm, ResultForm
from comptoir.liaison.models import Status
from comptoir.liaison.permissions import (
    follow_ups_of,
    get_follow_up_for,
    get_professional_for,
)
from comptoir.liaison.queries import handing_over, serving, unfinished
from comptoir.liaison.queries.serving import Show
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster.models import Professional
from comptoir.roster.queries import calendar
from comptoir.ui import clock, values

FOLLOW_UPS_ON_A_PAGE = 25

SHOWN = {
    Show.OPEN: gettext_lazy("Open"),
    Show.LATE: gettext_lazy("Late"),
    Show.DONE: gettext_lazy("Done"),
}


@require_GET
@allow(Role.PROFESSIONAL, Role.TEAM_LEAD)
def day(request: SignedIn, on: date | None = None) -> HttpResponse:
    """The appointments of a day in order, with breaks and free time; today when no day is named."""
    asked = request.GET.get("professional", "")
    wanted = values.number(asked)
    if asked and wanted is None:
        raise Http404
    professional = get_professional_for(request.standing, wanted)
    today = clock.service_date(request.now)
    shown = on or today
    context: dict[str, Any] = {"today": today, "professionals": _professionals(request)}
    if professional is not None:
        own = professional.person_id == request.user.pk
        context |= {
            "plan": serving.day_plan(professional, shown, request.now),
            "closed": calendar.closures(shown, shown).get(shown),
            "own": own,
            "query": "" if own else f"?professional={professional.pk}",
        }
    if professional is not None and shown >= today:
        context["unfinished"] = unfinished.of_professional(professional, today)
    return render(request, "liaison/professional_day.html", context)


@require_GET
@allow(Role.PROFESSIONAL, Role.TEAM_LEAD)
def follow_ups(request: SignedIn) -> HttpResponse:
    """What is left to do for cases, the soonest due first; late ones say so."""
    people = _professionals(request)
    form = FollowUpFilterForm(request.GET, professionals=[person.pk for person in people])
    show, whose = form.chosen()
    professional = next((person for person in people if person.pk == whose), None)
    today = clock.service_date(request.now)
    everyone = follow_ups_of(request.standing)
    found = serving.follow_ups(everyone, show=show, professional=professional, today=today)
    page = Paginator(found, FOLLOW_UPS_ON_A_PAGE).get_page(request.GET.get("page"))
    seeing.note_follow_ups_seen(
        professional=professional, follow_ups=list(page), by=request.user, now=request.now
    )
    counts = serving.count_follow_ups(everyone, professional=professional, today=today)
    context: dict[str, Any] = {
        "page": page,
        "rows": [(item, (today - item.due_on).days) for item in page],
        "show": show,
        "tabs": [_tab(each, counts[each], show, professional) for each in Show],
        "professional": professional,
        "professionals": people,
        "today": today,
    }
    if Role.TEAM_LEAD in request.standing.roles:
        behind = handing_over.left_behind(request.now).count()
        context |= {"leads": True, "left_behind": behind}
    return render(request, "liaison/professional_follow_ups.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.PROFESSIONAL, Role.TEAM_LEAD)
def follow_up(request: SignedIn, pk: int) -> HttpResponse:
    """One follow-up with its case, and the form that closes it."""
    found = get_follow_up_for(request.standing, pk)
    form = ResultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.complete_follow_up(
                follow_up=found,
                result=form.cleaned_data["result"],
                by=request.user,
                now=request.now,
            )
        except actions.WrongState:
            messages.warning(request, _("This follow-up cannot be closed: look at it again."))
        else:
            messages.success(request, _("The follow-up is done. The office can read the result."))
            return redirect("liaison:follow-ups")
    seeing.note_follow_ups_seen(
        professional=found.professional, follow_ups=[found], by=request.user, now=request.now
    )
    appointment = found.case_line.appointment
    leads = Role.TEAM_LEAD in request.standing.roles
    context = {
        "follow_up": found,
        "case": found.case_line,
        "appointment": appointment,
        "office": appointment.office,
        "form": form,
        "late": found.done_at is None and found.due_on < clock.service_date(request.now),
        "in_progress": appointment.status == Status.STARTED,
        "may_open": leads or appointment.professional.person_id == request.user.pk,
        "may_hand_over": leads and found.done_at is None,
        "handed_over": appointment.professional_id != found.professional_id,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/professional_follow_up.html", context, status=status)


def _tab(each: Show, count: int, shown: Show, professional: Professional | None) -> dict[str, Any]:
    whose = f"&professional={professional.pk}" if professional is not None else ""
    return {
        "label": SHOWN[each],
        "count": count,
        "url": f"?show={each.value}{whose}",
        "current": each is shown,
    }


def _professionals(request: SignedIn) -> list[Professional]:
    """Whose day a team lead may choose; nobody else chooses."""
    if Role.TEAM_LEAD not in request.standing.roles:
        return []
    everyone = Professional.objects.filter(active=True).select_related("person")
    return list(everyone.order_by("person__sort_name", "pk"))
