"""Weekly hours and one-off dates of a professional; publishing everything up to the horizon."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster.actions import patterns, publishing
from comptoir.roster.actions.locking import RosterBusy
from comptoir.roster.actions.patterns import Row
from comptoir.roster.forms import fields
from comptoir.roster.forms.hours import ExceptionForm, PatternForm, SpellForms, initial_spells
from comptoir.roster.models import PatternKind, Professional
from comptoir.roster.permissions import get_professional_for
from comptoir.roster.queries import lists
from comptoir.ui import clock, times
from comptoir.ui.forms import without_errors

REFUSALS: dict[type[patterns.CannotSetHours], object] = {
    patterns.InThePast: gettext_lazy(
        "Days that are over cannot be changed: choose today or later."
    ),
    patterns.NotWholeQuarters: gettext_lazy("Hours begin and end on a quarter hour."),
    patterns.EndsBeforeStart: fields.NOT_AFTER,
    patterns.OutsideServiceDay: gettext_lazy(
        "On some date of the year these hours lie outside the service day, and could not be offered."
    ),
    patterns.ClosedWeekday: gettext_lazy("The centre is closed on Saturdays and Sundays."),
}


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def set_pattern(request: SignedIn, code: str) -> HttpResponse:
    """Give somebody other weekly hours from a date on."""
    professional = get_professional_for(request.standing, code)
    today = clock.service_date(request.now)
    data = request.POST or None
    form = PatternForm(data, initial={"valid_from": today})
    spells = SpellForms(data, prefix="spells", initial=_initial(professional, request))
    if spells.rows_changed:
        without_errors(form)
    elif request.method == "POST" and spells.is_valid() and form.is_valid():
        try:
            patterns.set_pattern(
                professional=professional,
                rows=[row for spell in spells.forms for row in spell.rows()],  # type: ignore[attr-defined]  # a SpellForm
                valid_from=form.cleaned_data["valid_from"],
                by=request.user,
                now=request.now,
            )
        except patterns.CannotSetHours as refused:
            form.add_error(None, str(REFUSALS[type(refused)]))
        except RosterBusy:
            form.add_error(None, fields.BUSY)
        else:
            messages.success(request, _("The weekly hours were saved and the days published."))
            return redirect("roster:professional", code=code)
    context = {"professional": professional, "form": form, "spells": spells}
    wrong = form.errors or spells.total_error_count()
    return render(request, "roster/pattern.html", context, status=422 if wrong else 200)


def _initial(professional: Professional, request: SignedIn) -> list[dict[str, object]]:
    """The form begins with the hours that hold now."""
    current = lists.patterns(professional, clock.service_date(request.now))[:1]
    rows = [
        Row(
            weekday,
            row.starts,
            row.ends,
            is_break=row.kind == PatternKind.BREAK,
            every=row.every_weeks,
        )
        for pattern in current
        for spell in pattern.spells
        for weekday in spell.weekdays
        for row in (*spell.hours, *spell.breaks)
    ]
    return initial_spells(rows)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def add_exception(request: SignedIn, code: str) -> HttpResponse:
    """Other hours, or none, on one date."""
    professional = get_professional_for(request.standing, code)
    form = ExceptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patterns.add_exception(
                professional=professional,
                on=form.cleaned_data["on"],
                hours=form.hours(),
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except patterns.CannotSetHours as refused:
            form.add_error("on", str(REFUSALS[type(refused)]))
        except RosterBusy:
            form.add_error(None, fields.BUSY)
        else:
            messages.success(request, _("The date was saved and published."))
            return redirect("roster:professional", code=code)
    context = {"professional": professional, "form": form}
    return render(request, "roster/exception.html", context, status=422 if form.errors else 200)


@require_POST
@allow(Role.TEAM_LEAD)
def remove_exception(request: SignedIn, code: str) -> HttpResponse:
    """Let the weekly hours hold again on a date."""
    professional = get_professional_for(request.standing, code)
    form = ExceptionForm({"on": request.POST.get("on", "")})
    if not form.is_valid():
        raise Http404
    try:
        patterns.remove_exception(
            professional=professional,
            on=form.cleaned_data["on"],
            by=request.user,
            now=request.now,
        )
    except patterns.CannotSetHours as refused:
        messages.error(request, str(REFUSALS[type(refused)]))
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        on = times.long_date(form.cleaned_data["on"])
        messages.success(request, _("The weekly hours hold again on %(on)s.") % {"on": on})
    return redirect("roster:professional", code=code)


@require_POST
@allow(Role.TEAM_LEAD)
def publish(request: SignedIn) -> HttpResponse:
    """Publish every day up to the horizon now, without waiting for the hourly job."""
    try:
        done = publishing.publish_horizon(by=request.user, now=request.now)
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        changed = sum(publication.changed for publication in done)
        told = ngettext("%(n)s day changed.", "%(n)s days changed.", changed) % {"n": changed}
        up_to = _("Every day up to the horizon is published.")
        messages.success(request, f"{up_to} {told}")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "roster:professionals")
