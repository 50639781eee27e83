"""Statutory holidays and the days on which the centre is closed beside them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster import gateway
from comptoir.roster.actions import closures
from comptoir.roster.actions.locking import RosterBusy
from comptoir.roster.forms import fields
from comptoir.roster.forms.closed_days import ClosedDayForm
from comptoir.roster.models import ServiceDay
from comptoir.roster.permissions import get_closed_day_for
from comptoir.roster.queries import calendar
from comptoir.ui import clock, values

YEARS = range(2020, 2101)


@require_GET
@allow(Role.TEAM_LEAD)
def closed_days(request: SignedIn) -> HttpResponse:
    """A year of closed days, this one unless another is asked for."""
    today = clock.service_date(request.now)
    asked = values.number(request.GET.get("year", ""))
    year = asked if asked is not None and asked in YEARS else today.year
    found = calendar.closures(date(year, 1, 1), date(year, 12, 31))
    context = {
        "year": year,
        "today": today,
        "closures": list(found.values()),
        "warning": calendar.warning(calendar.horizon(today, settings.SERVICE_PUBLISHED_DAYS)),
    }
    return render(request, "roster/closed_days.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def add(request: SignedIn) -> HttpResponse:
    """Close the centre for a day; one with appointments is closed once their number was read."""
    form = ClosedDayForm(request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        on, confirmed = form.cleaned_data["on"], request.POST.get("confirmed")
        booked = _booked_on(on, clock.service_date(request.now))
        if booked and confirmed != on.isoformat():
            return render(
                request, "roster/closed_day.html", context | {"booked": booked, "asked": on}
            )
        if _close(request, form):
            return redirect(_what_follows(on))
    status = 422 if form.errors else 200
    return render(request, "roster/closed_day.html", context, status=status)


def _booked_on(on: date, today: date) -> int:
    """How many appointments would be left without a place; of a day that cannot be closed, none."""
    return gateway.booked_on(on) if on >= today and calendar.is_open(on) else 0


def _close(request: SignedIn, form: ClosedDayForm) -> bool:
    """Whether the day is closed now; if not, the form says why."""
    try:
        closures.add_closed_day(**form.cleaned_data, by=request.user, now=request.now)
    except closures.ClosedAnyway:
        form.add_error("on", _("The centre is closed on that day anyway."))
    except closures.DayIsOver:
        form.add_error("on", _("That day is over."))
    except RosterBusy:
        form.add_error(None, fields.BUSY)
    else:
        messages.success(
            request, _("The day is closed. Appointments booked on it stand until they are moved.")
        )
        return True
    return False


def _what_follows(on: date) -> str:
    """A day on which something can be booked leads to what nobody keeps now."""
    published = ServiceDay.objects.filter(on=on).exists()
    return (published and gateway.unattended_url(on)) or reverse("roster:closed-days")


@require_POST
@allow(Role.TEAM_LEAD)
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    """Open a day again that was entered as closed."""
    day = get_closed_day_for(request.standing, pk)
    try:
        closures.reopen_day(day=day, by=request.user, now=request.now)
    except closures.CannotReopen:
        messages.error(request, _("That day is over."))
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        messages.success(request, _("The day is open again and its hours are on offer."))
    return redirect("roster:closed-days")
