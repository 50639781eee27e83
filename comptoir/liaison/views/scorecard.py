"""The weekly scorecard: what the sharing of the hours came to, week by week and around a change of the rule."""

from __future__ import annotations

import csv
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from comptoir.liaison import permissions
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import figures, pages, words
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.values import ServiceDateConverter

READERS = (Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR)


@require_GET
@allow(*READERS)
def latest(request: SignedIn) -> HttpResponse:
    """The last complete week, or the one that was chosen in the list."""
    today = clock.service_date(request.now)
    chosen = _week_of(request.GET.get("week", ""))
    if chosen is not None and pages.is_complete_week(chosen, today):
        return redirect("liaison:scorecard-week", on=chosen)
    return _week(request, pages.last_complete_week(today))


@require_GET
@allow(*READERS)
def week(request: SignedIn, on: date) -> HttpResponse:
    """One week that is over."""
    if not pages.is_complete_week(on, clock.service_date(request.now)):
        raise Http404
    return _week(request, on)


@require_GET
@allow(*READERS)
def week_file(request: SignedIn, on: date) -> HttpResponse:
    """The figures of a week as a CSV file, one to a row; it names no office, whoever reads it."""
    if not pages.is_complete_week(on, clock.service_date(request.now)):
        raise Http404
    found = figures.scorecard(on, days.load_rules())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scorecard-{on}.csv"'
    response.write("\ufeff")  # else a spreadsheet takes the accents for something else
    writer = csv.writer(response)
    writer.writerow(words.COLUMNS)
    if found is not None:
        writer.writerows(words.rows(found))
    return response


@require_GET
@allow(*READERS)
def version(request: SignedIn, number: int) -> HttpResponse:
    """Same-day bookings and last-minute cancellations before and after the first day of a version."""
    found = pages.change(number, clock.service_date(request.now))
    if found is None:
        raise Http404
    return render(request, "liaison/scorecard_version.html", {"change": found})


def _week(request: SignedIn, monday: date) -> HttpResponse:
    today, rules = clock.service_date(request.now), days.load_rules()
    found = figures.scorecard(monday, rules)
    named = found is not None and permissions.may_name_offices(request.standing)
    context = {
        "monday": monday,
        "sunday": monday + figures.LAST_OF_WEEK,
        "scorecard": found,
        "misses": pages.with_names(found.misses) if found is not None and named else [],
        "weeks": pages.weeks_to_choose(today),
        "versions": pages.begun_versions(rules, today),
    }
    return render(request, "liaison/scorecard.html", context)


def _week_of(text: str) -> date | None:
    try:
        return ServiceDateConverter().to_python(text)
    except ValueError:
        return None
