"""What every line promises, how many promises were kept, and when the centre works."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.enquiries.actions import promising
from comptoir.enquiries.forms.promises import (
    WEEKDAYS,
    HoursForm,
    PeriodForm,
    TargetForm,
    initial_hours,
    refuse,
)
from comptoir.enquiries.models import WorkingHours
from comptoir.enquiries.permissions import KEEPERS
from comptoir.enquiries.queries import met
from comptoir.enquiries.queries import targets as lists
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock, times

WEEK = timedelta(days=6)


@require_GET
@allow(*KEEPERS)
def targets(request: SignedIn) -> HttpResponse:
    """The targets of every line, and how many promises of a period were kept."""
    today = clock.service_date(request.now)
    first = {"first": today - WEEK, "last": today}
    asked = "first" in request.GET or "first_0" in request.GET or "first_day" in request.GET
    form = PeriodForm(request.GET if asked else first, initial=first)
    rows, too_much = [], False
    if form.is_valid():
        try:
            rows = met.met(**form.cleaned_data, now=request.now)
        except met.TooMuch:
            too_much = True
    context = {
        "lines": lists.of_lines(today),
        "form": form,
        "rows": rows,
        "too_much": too_much,
        "asked": form.cleaned_data if form.is_valid() else None,
    }
    return render(request, "enquiries/targets.html", context)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def new_target(request: SignedIn) -> HttpResponse:
    """Promise another time from a day on."""
    form = TargetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = promising.start_target(**form.cleaned_data, by=request.user, now=request.now)
        except promising.CannotPromise as reason:
            refuse(form, reason)
        else:
            since = {"day": times.long_date(made.valid_from)}
            messages.success(request, _("The service target holds from %(day)s.") % since)
            return redirect("enquiries:targets")
    status = 422 if form.errors else 200
    return render(request, "enquiries/target_new.html", {"form": form}, status=status)


@require_GET
@allow(*KEEPERS)
def hours(request: SignedIn) -> HttpResponse:
    """The working hours in force, those to come and those before."""
    current, others = lists.hours(clock.service_date(request.now))
    context = {
        "current": _shown(current) if current else None,
        "others": [_shown(each) for each in others],
    }
    return render(request, "enquiries/hours.html", context)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def new_hours(request: SignedIn) -> HttpResponse:
    """Work other hours from a day on."""
    current, _others = lists.hours(clock.service_date(request.now))
    form = HoursForm(
        request.POST or None, initial=initial_hours(current.periods if current else {})
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = promising.start_hours(
                valid_from=data["valid_from"],
                periods=data["periods"],
                source=data["source"],
                by=request.user,
                now=request.now,
            )
        except promising.CannotPromise as reason:
            refuse(form, reason)
        else:
            since = {"day": times.long_date(made.valid_from)}
            messages.success(request, _("The working hours hold from %(day)s.") % since)
            return redirect("enquiries:hours")
    status = 422 if form.errors else 200
    return render(request, "enquiries/hours_new.html", {"form": form}, status=status)


def _shown(found: WorkingHours) -> dict[str, Any]:
    """Working hours with the name of each day."""
    days = [
        (name, ", ".join(f"{first}–{last}" for first, last in found.periods.get(str(number), ())))
        for number, name in enumerate(WEEKDAYS)
    ]
    return {"hours": found, "days": days}
