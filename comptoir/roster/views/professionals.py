"""Who takes appointments, and one professional in full."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster import gateway
from comptoir.roster.actions import professionals as actions
from comptoir.roster.actions.locking import RosterBusy
from comptoir.roster.forms import fields
from comptoir.roster.forms.professionals import DetailsForm, EntryForm, candidates
from comptoir.roster.models import Professional
from comptoir.roster.permissions import get_professional_for, professionals_for
from comptoir.roster.queries import hours, lists
from comptoir.ui import clock

PER_PAGE = 50


@require_GET
@allow(Role.TEAM_LEAD)
def professionals(request: SignedIn) -> HttpResponse:
    """Everybody on the roster with the hours of the coming two weeks."""
    people = professionals_for(request.standing).order_by("-active", "person__sort_name", "pk")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    first, last = hours.fortnight_from(clock.service_date(request.now))
    listed = lists.listed(list(page), first, last, gateway.booked, request.now)
    context = {
        "page": page,
        "listed": listed,
        "unused": any(row.totals.unused for row in listed),
        "last": last,
        "may_enter": candidates(request.now).exists(),
    }
    return render(request, "roster/professionals.html", context)


@require_GET
@allow(Role.PROFESSIONAL)
def my_hours(request: SignedIn) -> HttpResponseBase:
    """The professional's own page."""
    mine = professionals_for(request.standing).filter(person=request.user).first()
    if mine is None:
        return render(request, "roster/not_on_roster.html")
    return _page(request, mine.code)


@require_GET
@allow(Role.TEAM_LEAD, Role.PROFESSIONAL)
def professional(request: SignedIn, code: str) -> HttpResponse:
    """Weekly hours, one-off dates, absences, and the coming two weeks."""
    return _page(request, code)


def _page(request: SignedIn, code: str) -> HttpResponse:
    found = get_professional_for(request.standing, code)
    today = clock.service_date(request.now)
    first, last = hours.fortnight_from(today)
    days = hours.days_of(found, first, last, gateway.booked, request.now)
    extras = lists.extra_hours_of(found, request.now)
    context = {
        "professional": found,
        "own": found.person_id == request.user.pk,
        "leads": Role.TEAM_LEAD in request.standing.roles,
        "patterns": lists.patterns(found, today),
        "exceptions": lists.exceptions(found, today),
        "absences": lists.coming_absences(found, request.now)[:20],
        "asked": lists.asked(extras, gateway.booked),
        "days": [(day, gateway.unattended_url(day.on)) for day in days],
        "serves": Professional.objects.serving(request.now).filter(pk=found.pk).exists(),
        "hand_over": gateway.hand_over_url(found.pk),
        "totals": sum((day.totals for day in days), hours.Totals()),
    }
    return render(request, "roster/professional.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def enter(request: SignedIn) -> HttpResponse:
    """Put somebody on the roster."""
    # A select that shows a choice must have made it: nothing is posted of one left untouched.
    form = EntryForm(
        request.POST or None,
        initial={"time_zone": settings.SERVICE_TIME_ZONE},
        now=request.now,
    )
    if request.method == "POST" and form.is_valid():
        try:
            entered = actions.enter_professional(
                **form.cleaned_data, by=request.user, now=request.now
            )
        except actions.AlreadyProfessional:
            form.add_error("code", _("Somebody has this code already."))
        except RosterBusy:
            form.add_error(None, fields.BUSY)
        else:
            messages.success(
                request,
                _("%(name)s is on the roster. Set the weekly hours next.") % {"name": entered},
            )
            return redirect("roster:professional", code=entered.code)
    return _form(request, form, "roster/enter.html")


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def change(request: SignedIn, code: str) -> HttpResponse:
    """Change languages, skills, zone, or whether somebody takes appointments."""
    found = get_professional_for(request.standing, code)
    form = DetailsForm.of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_professional(
                professional=found, **form.cleaned_data, by=request.user, now=request.now
            )
        except RosterBusy:
            form.add_error(None, fields.BUSY)
        else:
            messages.success(request, _("The changes were saved."))
            return redirect("roster:professional", code=found.code)
    return _form(request, form, "roster/change.html", professional=found)


def _form(request: SignedIn, form: Any, template: str, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
