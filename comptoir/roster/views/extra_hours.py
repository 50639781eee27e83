"""Extra hours: who asked, for whom, what was decided, and whether they were used."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster import gateway
from comptoir.roster.actions import extra_hours as actions
from comptoir.roster.actions.locking import RosterBusy
from comptoir.roster.forms import fields
from comptoir.roster.forms.extra_hours import ExtraHoursForm
from comptoir.roster.models import Professional
from comptoir.roster.permissions import for_another_lead, get_extra_hours_for, professionals_for
from comptoir.roster.queries import lists

PER_PAGE = 25

REFUSALS: dict[type[actions.CannotRequestExtraHours], tuple[str, str | Promise]] = {
    actions.InThePast: ("on", gettext_lazy("Choose a time that is still to come.")),
    actions.NotWholeQuarters: ("starts", gettext_lazy("Hours begin and end on a quarter hour.")),
    actions.CentreClosed: ("on", gettext_lazy("The centre is closed on that day.")),
    actions.OutsideServiceDay: (
        "starts",
        gettext_lazy("These hours lie outside the service day, and could not be offered."),
    ),
    actions.NothingExtra: (
        "starts",
        gettext_lazy("The professional works at that time anyway: nothing would be added."),
    ),
    actions.AskedAlready: (
        "on",
        gettext_lazy("Extra hours at that time are asked for or approved already."),
    ),
    actions.Absent: ("on", gettext_lazy("The professional is absent at that time.")),
}


@require_GET
@allow(Role.TEAM_LEAD)
def extra_hours(request: SignedIn) -> HttpResponse:
    """What waits for a decision, then what was decided and used."""
    page = Paginator(lists.extra_hours(decided=True), PER_PAGE).get_page(request.GET.get("page"))
    waits = Paginator(lists.extra_hours(decided=False), PER_PAGE)
    waiting_page = waits.get_page(request.GET.get("waiting"))
    context = {
        "waiting_page": waiting_page,
        "waiting": lists.asked(list(waiting_page), gateway.booked),
        "for_another": for_another_lead(request.user, waiting_page, request.now),
        "page": page,
        "decided": lists.asked(list(page), gateway.booked),
    }
    return render(request, "roster/extra_hours.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD, Role.PROFESSIONAL)
def request_hours(request: SignedIn) -> HttpResponse:
    """Ask for extra hours: a team lead for anybody, a professional for themselves."""
    leads = Role.TEAM_LEAD in request.standing.roles
    own = None if leads else _own(request)
    initial = {"professional": request.GET.get("professional", "")}
    form = ExtraHoursForm(request.POST or None, initial=initial, own=own)
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        messages.success(request, _("The extra hours are asked for; a team lead decides."))
        return redirect("roster:extra-hours" if leads else "roster:my-hours")
    context: dict[str, Any] = {"form": form, "own": own}
    return render(request, "roster/extra_request.html", context, status=422 if form.errors else 200)


def _own(request: SignedIn) -> Professional:
    own = professionals_for(request.standing).first()
    if own is None:
        raise Http404
    return own


def _asked(request: SignedIn, form: ExtraHoursForm) -> bool:
    """Whether the request was written; otherwise the form says why not."""
    try:
        actions.request_extra_hours(
            professional=form.cleaned_data["professional"],
            period=form.period,
            offices=form.cleaned_data["offices"],
            purpose=form.cleaned_data["purpose"],
            by=request.user,
            now=request.now,
        )
    except actions.CannotRequestExtraHours as refused:
        field, sentence = REFUSALS[type(refused)]
        form.add_error(field, str(sentence))
    except RosterBusy:
        form.add_error(None, fields.BUSY)
    return not form.errors


@require_POST
@allow(Role.TEAM_LEAD)
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """Put the hours on offer."""
    extra = get_extra_hours_for(request.standing, pk)
    try:
        changed = actions.approve_extra_hours(extra=extra, by=request.user, now=request.now)
    except actions.AlreadyDecided:
        messages.info(request, _("Somebody had decided this request before."))
    except actions.OwnRequest:
        messages.error(
            request,
            _("You asked for these hours or work them yourself: another team lead approves them."),
        )
    except actions.TooLate:
        messages.error(request, _("That time is over: there is nothing left to approve."))
    except actions.Absent:
        messages.error(
            request, _("The professional is absent at that time: nothing could be on offer.")
        )
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        _tell_approved(request, changed)
    return redirect("roster:extra-hours")


@require_POST
@allow(Role.TEAM_LEAD)
def decline(request: SignedIn, pk: int) -> HttpResponse:
    """Say no."""
    extra = get_extra_hours_for(request.standing, pk)
    try:
        actions.decline_extra_hours(extra=extra, by=request.user, now=request.now)
    except actions.AlreadyDecided:
        messages.info(request, _("Somebody had decided this request before."))
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        messages.success(request, _("The request was declined."))
    return redirect("roster:extra-hours")


@require_POST
@allow(Role.TEAM_LEAD)
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take approved hours back; a day with something booked in them leads on to rebooking it."""
    extra = get_extra_hours_for(request.standing, pk)
    try:
        actions.withdraw_extra_hours(extra=extra, by=request.user, now=request.now)
    except actions.NotApproved:
        messages.info(request, _("The hours are not approved, or were withdrawn before."))
    except actions.AlreadyOver:
        messages.error(request, _("That time is over: there is nothing left to withdraw."))
    except RosterBusy:
        messages.error(request, str(fields.BUSY))
    else:
        messages.success(
            request,
            _("The hours were withdrawn. Appointments booked in them stand until they are moved."),
        )
    return redirect("roster:extra-hours")


def _tell_approved(request: SignedIn, changed: actions.Changed) -> None:
    """What is on offer now, from what publishing did: never more than is true."""
    serving = Professional.objects.serving(request.now)
    if changed.added:
        messages.success(request, _("Approved: the hours are on offer."))
    elif not serving.filter(pk=changed.extra.professional_id).exists():
        messages.warning(
            request,
            _("Approved, but the professional takes no appointments: nothing is on offer."),
        )
    elif not changed.publications:
        messages.success(
            request, _("Approved: the hours will be on offer when their day is published.")
        )
    else:
        messages.warning(request, _("Approved, but nothing of it is on offer on that day."))
