"""Pilots of another sharing rule: set by the owner of the rule, read by team leads and auditors too."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import piloting, ruling
from comptoir.liaison.forms.pilots import PilotForm, StopForm
from comptoir.liaison.forms.rule import REMARKS
from comptoir.liaison.models import Measure, Pilot
from comptoir.liaison.permissions import get_pilot_for
from comptoir.liaison.queries import choosing, evaluation_tables, pilots, results, versions
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock, times
from comptoir.ui.seeds import new_seed

PER_PAGE = 25


@require_GET
@allow(Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR)
def every_pilot(request: SignedIn) -> HttpResponse:
    """Every pilot there was and is, the latest first."""
    context = {
        "page": Paginator(pilots.listed(), PER_PAGE).get_page(request.GET.get("page")),
        "today": clock.service_date(request.now),
        "may_change": Role.POLICY_OWNER in request.standing.roles,
    }
    return render(request, "liaison/pilots.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def new_pilot(request: SignedIn) -> HttpResponse:
    """Write a pilot, beginning from the rule in force; it is set once its preview was seen."""
    form = PilotForm(request.POST or None, initial=_initial(request))
    asked = request.method == "POST" and "change" not in request.POST
    if asked and form.is_valid():
        try:
            return _set(request, form)
        except ruling.BadRule as fault:
            form.refuse(fault)
        except (piloting.CannotStartPilot, choosing.CannotChoose) as reason:
            form.refuse_pilot(reason)
    return render(request, "liaison/pilot_new.html", {"form": form}, status=422 if asked else 200)


def _set(request: SignedIn, form: PilotForm) -> HttpResponse:
    """Set what was previewed; without a preview, or if other offices are meant by now, show one."""
    choice = form.choice(request.now)
    pilot, trial, members = form.pilot(choice), form.trial(), form.members(choice)
    meant = " ".join(office.reference for office in choice.offices)
    seen = request.POST.get("seen")
    if seen == meant:
        piloting.start_pilot(
            pilot=pilot, trial=trial, members=members, by=request.user, now=request.now
        )
        messages.success(request, _("The pilot is set."))
        return redirect("liaison:pilot", pk=pilot.pk)
    piloting.check_pilot(pilot=pilot, trial=trial, members=members, now=request.now)
    if seen is not None:
        messages.warning(
            request, _("Other offices are meant by now. Nothing was done: look at them first.")
        )
    pilot.policy = trial
    common = versions.governing(pilot.starts_on)
    changes, same = versions.differences(common, trial)
    context = {
        "form": form,
        "pilot": pilot,
        "members": members,
        "choice": choice,
        "weeks": piloting.planned_weeks(pilot),
        "measures": [Measure(code).label for code in pilot.measures],
        "cost": pilots.cost(pilot, members, clock.service_date(request.now)),
        "changes": changes,
        "same": same,
        "allots_otherwise": common is not None and pilots.allots_otherwise(trial, common),
        "seen": meant,
    }
    status = 200 if seen is None else 422
    return render(request, "liaison/pilot_preview.html", context, status=status)


@require_GET
@allow(Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR)
def one_pilot(request: SignedIn, pk: int) -> HttpResponse:
    """What it is, what it costs, what came of it so far."""
    pilot = get_pilot_for(request.standing, pk)
    today = clock.service_date(request.now)
    changes, _same = versions.differences(versions.governing(pilot.starts_on), pilot.policy)
    members = pilots.members_of(pilot)
    context = {
        "pilot": pilot,
        "today": today,
        "page": Paginator(members, PER_PAGE).get_page(request.GET.get("page")),
        "weeks": pilots.weeks_of(pilot),
        "cost": pilots.cost(pilot, members, today),
        "changes": changes,
        "results": results.results_of(pilot, today),
        "measures": [Measure(code).label for code in pilot.measures],
        "may_stop": _may_stop(request, pilot),
    }
    return render(request, "liaison/pilot.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def stop(request: SignedIn, pk: int) -> HttpResponse:
    """Stop it before its end, with a reason."""
    pilot = get_pilot_for(request.standing, pk)
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stopped = piloting.stop_pilot(
                pilot=pilot, **form.cleaned_data, by=request.user, now=request.now
            )
        except piloting.EndsAnyway:
            messages.warning(request, _("The pilot has ended or ends today. Nothing was done."))
        else:
            since = {"day": times.long_date(stopped.until)}
            messages.success(request, _("The common rule holds again from %(day)s.") % since)
        return redirect("liaison:pilot", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "liaison/pilot_stop.html", {"form": form, "pilot": pilot}, status=status)


@require_GET
@allow(Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR)
def evaluation_file(request: SignedIn, pk: int) -> HttpResponse:
    """The raw table by week and what was computed from it."""
    pilot = get_pilot_for(request.standing, pk)
    found = results.results_of(pilot, clock.service_date(request.now))
    answer = HttpResponse(evaluation_tables.csv_of(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="pilot-{pilot.pk}.csv"'
    return answer


def _may_stop(request: SignedIn, pilot: Pilot) -> bool:
    return (
        Role.POLICY_OWNER in request.standing.roles
        and pilot.stopped_on is None
        and not piloting.ends_anyway(pilot, request.now)
    )


def _initial(request: SignedIn) -> dict[str, Any]:
    """The rule of today, and what the draws are made from."""
    current = versions.governing(clock.service_date(request.now))
    words = ["name_en", "name_fr", *REMARKS]
    rule = model_to_dict(current, exclude=words) if current is not None else {}
    return rule | {"seed": new_seed()}
