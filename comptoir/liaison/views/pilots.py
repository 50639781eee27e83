"""Pilots of another sharing rule: set by the owner of the rule, read by team leads and auditors too."""

from __future__ import annotations

from datetime import date
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
from comptoir.liaison.models import Measure, Pilot, PilotOffice, Policy
from comptoir.liaison.permissions import get_pilot_for
from comptoir.liaison.queries import choosing, evaluation_tables, pilots, results, versions
from comptoir.liaison.queries.scorecard import displacement
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
    """Write a pilot, beginning from the rule of today or of its first day; it is set after a preview."""
    today = clock.service_date(request.now)
    coming = versions.versions(today).coming
    begun = next((one for one in coming if f"{one.valid_from}" == request.GET.get("from")), None)
    form = PilotForm(request.POST or None, initial=_initial(today, begun))
    asked = request.method == "POST" and "change" not in request.POST
    if asked and form.is_valid():
        try:
            return _set(request, form)
        except ruling.BadRule as fault:
            form.refuse(fault)
        except (piloting.CannotStartPilot, choosing.CannotChoose) as reason:
            form.refuse_pilot(reason)
    context = {
        "form": form,
        "own": form.own_sections(today),
        "sections": form.sections(today),
        "begins_as": begun,
        "coming": [] if form.is_bound else [one for one in coming if one != begun],
    }
    return render(request, "liaison/pilot_new.html", context, status=422 if asked else 200)


def _set(request: SignedIn, form: PilotForm) -> HttpResponse:
    """Set what was previewed; without a preview, or if other offices are meant by now, show one.

    What is drawn is drawn at this moment, so that nobody can look again until a draw suits.
    """
    seed = new_seed()
    choice = form.choice(request.now, seed)
    pilot, trial, members = form.pilot(choice, seed), form.trial(), form.members(choice)
    drawn = form.draws_offices
    meant = f"{len(members)}" if drawn else " ".join(one.reference for one in choice.offices)
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
    context = {
        "form": form,
        "choice": choice,
        "members": members,
        "draws_offices": drawn,
        "seen": meant,
        **_preview(pilot, members, clock.service_date(request.now)),
    }
    status = 200 if seen is None else 422
    return render(request, "liaison/pilot_preview.html", context, status=status)


def _preview(pilot: Pilot, members: list[PilotOffice], today: date) -> dict[str, Any]:
    """What is tried and what it costs, and nothing that is still to be drawn."""
    common = versions.governing(pilot.starts_on)
    changes, same = versions.differences(common, pilot.policy)
    return {
        "pilot": pilot,
        "weeks": len(piloting.planned_weeks(pilot)),
        "measures": [Measure(code).label for code in pilot.measures],
        "cost": pilots.cost(pilot, members, today),
        "changes": changes,
        "same": same,
        "allots_otherwise": common is not None and pilots.allots_otherwise(pilot.policy, common),
        "clear_below": choosing.CLEAR,
    }


@require_GET
@allow(Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR)
def one_pilot(request: SignedIn, pk: int) -> HttpResponse:
    """What it is, what it costs, what came of it so far."""
    pilot = get_pilot_for(request.standing, pk)
    today = clock.service_date(request.now)
    changes, _same = versions.differences(versions.governing(pilot.starts_on), pilot.policy)
    members = pilots.members_of(pilot)
    found = results.results_of(pilot, today)
    context = {
        "pilot": pilot,
        "today": today,
        "page": Paginator(members, PER_PAGE).get_page(request.GET.get("page")),
        "weeks": pilots.weeks_of(pilot),
        "cost": pilots.cost(pilot, members, today),
        "changes": changes,
        "results": found,
        "displacement": displacement.of_week(found.last_tried) if found.last_tried else None,
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
            if stopped.is_withdrawn:
                messages.success(request, _("The pilot is withdrawn: it never begins."))
            else:
                messages.success(request, _("The common rule holds again from %(day)s.") % since)
        return redirect("liaison:pilot", pk=pk)
    begun = pilot.starts_on <= clock.service_date(request.now)
    context = {"form": form, "pilot": pilot, "begun": begun}
    status = 422 if form.errors else 200
    return render(request, "liaison/pilot_stop.html", context, status=status)


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


def _initial(today: date, begun: Policy | None) -> dict[str, Any]:
    """The rule of today, or the coming one of the first day."""
    common = begun if begun is not None else versions.governing(today)
    words = ["name_en", "name_fr", *REMARKS]
    rule = model_to_dict(common, exclude=words) if common is not None else {}
    days = {"starts_on": begun.valid_from} if begun is not None else {}
    return rule | days
