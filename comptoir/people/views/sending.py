"""The ledger of notices, sending one again, and the kill switch."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.notices import actions as notices
from comptoir.notices import queries as notice_queries
from comptoir.people import permissions
from comptoir.people.actions import sending
from comptoir.people.forms.sending import OVERDUE, LedgerForm, StopForm
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import sending as queries
from comptoir.ui.paging import ShallowPaginator

PAGE = 25
EARLIER_STOPS = 5


@permissions.allow(Role.TEAM_LEAD, Role.ADMINISTRATOR)
@require_safe
def ledger(request: SignedIn) -> HttpResponse:
    """Every notice that was due, whether it left and if not why; the newest first."""
    form = LedgerForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    found = queries.ledger(
        filters,
        overdue=filters.get("status") == OVERDUE,
        zone=ZoneInfo(request.user.time_zone),
        at=request.now,
    )
    paginator = ShallowPaginator(found, PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "is_filtered": any(filters.values()) or bool(form.errors),
        "page": page,
        "is_cut": paginator.is_cut,
        "lines": queries.lines(list(page), request.now),
        "sending": notice_queries.standing(request.now),
        "earlier_stops": notice_queries.last_stops(limit=EARLIER_STOPS),
        "query": request.GET.urlencode(),
    }
    return render(request, "people/sending/ledger.html", context)


@permissions.allow(Role.TEAM_LEAD, Role.ADMINISTRATOR)
@require_POST
def send_again(request: SignedIn, key: int) -> HttpResponse:
    """Give a notice that could not be delivered another chance."""
    notice = permissions.get_notice_for(request.standing, key)
    try:
        sending.send_again(notice=notice, by=request.user, now=request.now)
        messages.success(request, _("It is waiting again and goes as soon as it can."))
    except notices.TooLate:
        messages.warning(request, _("It is too late for this notice, or it left in the meantime."))
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("people:notices") + (f"?{query}" if query else ""))


@permissions.allow(Role.TEAM_LEAD, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def stop(request: SignedIn) -> HttpResponse:
    """Ask why, then stop all sending."""
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sending.stop(reason=form.cleaned_data["reason"], by=request.user, now=request.now)
            messages.success(request, _("Sending is stopped. Every notice waits."))
        except notices.AlreadyStopped:
            messages.warning(request, _("Sending was stopped already."))
        return redirect("people:notices")
    context = {"form": form, "sending": notice_queries.standing(request.now)}
    return render(request, "people/sending/stop.html", context)


@permissions.allow(Role.TEAM_LEAD, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def resume(request: SignedIn) -> HttpResponse:
    """Say what will leave, then send again."""
    if request.method == "POST":
        try:
            sending.resume(by=request.user, now=request.now)
            messages.success(request, _("Notices are sent again. What waited leaves now."))
        except notices.NotStopped:
            messages.warning(request, _("Sending was not stopped any more."))
        return redirect("people:notices")
    standing = notice_queries.standing(request.now)
    if standing.stopped is None:
        return redirect("people:notices")
    return render(request, "people/sending/resume.html", {"sending": standing})
