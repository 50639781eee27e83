"""Who is away, and when."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster import gateway
from comptoir.roster.actions import absences as actions
from comptoir.roster.actions.locking import RosterBusy
from comptoir.roster.forms import fields
from comptoir.roster.forms.absences import AbsenceForm
from comptoir.roster.models import AbsenceKind
from comptoir.roster.permissions import get_absence_for
from comptoir.roster.queries import lists
from comptoir.ui import clock, times

PER_PAGE = 25


@require_GET
@allow(Role.TEAM_LEAD)
def absences(request: SignedIn) -> HttpResponse:
    """Absences that last or come; with `?over=1` those of before."""
    over = request.GET.get("over") == "1"
    rows = lists.absences(now=request.now, over=over)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    listed = [(absence, gateway.affected_url(absence.pk)) for absence in page]
    context = {"page": page, "listed": listed, "over": over}
    return render(request, "roster/absences.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def record(request: SignedIn) -> HttpResponse:
    """Record an absence; what it leaves without a professional is shown next."""
    today = clock.service_date(request.now)
    initial = {"professional": request.GET.get("professional", ""), "first": today, "last": today}
    form = AbsenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            recorded = actions.record_absence(
                professional=form.cleaned_data["professional"],
                kind=AbsenceKind(form.cleaned_data["kind"]),
                period=form.period,
                note=form.cleaned_data["note"],
                by=request.user,
                now=request.now,
            )
        except actions.AlreadyAbsent:
            form.add_error("first", _("An absence that covers all of this time is on record."))
        except actions.AbsenceTooLong:
            form.add_error("last", _("That is more than a year. Check the dates."))
        except RosterBusy:
            form.add_error(None, fields.BUSY)
        else:
            messages.success(request, _told(recorded))
            return redirect(gateway.affected_url(recorded.absence.pk) or reverse("roster:absences"))
    status = 422 if form.errors else 200
    return render(request, "roster/absence.html", {"form": form}, status=status)


@require_POST
@allow(Role.TEAM_LEAD)
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = get_absence_for(request.standing, pk)
    try:
        actions.withdraw_absence(absence=absence, by=request.user, now=request.now)
    except actions.AlreadyWithdrawn:
        messages.info(request, _("The absence had been withdrawn before."))
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        messages.success(request, _("The absence was withdrawn: its time is on offer again."))
    return redirect("roster:absences")


def _told(recorded: actions.Recorded) -> str:
    """What the absence took off the offer, in words."""
    quanta = sum(
        mask.bit_count()
        for publication in recorded.publications
        for mask in publication.withdrawn.values()
    )
    if not quanta:
        return _("The absence was recorded. No published hours fall into it.")
    length = times.duration(quanta * QUANTUM_MINUTES)
    return _("The absence was recorded: %(length)s are no longer on offer.") % {"length": length}
