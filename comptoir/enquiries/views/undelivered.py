"""Mail of ours that did not arrive: the list of team leads, and what is done about one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.enquiries.actions import changing, resending
from comptoir.enquiries.forms.undelivered import AgainForm, RemedyForm
from comptoir.enquiries.forms.working import version_of
from comptoir.enquiries.models import WORKS, Enquiry, Undelivered
from comptoir.enquiries.permissions import get_readable_for, undelivered_for
from comptoir.enquiries.queries import places
from comptoir.enquiries.queries import undelivered as queries
from comptoir.enquiries.views import paging
from comptoir.enquiries.views.enquiry import HELD, changed
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow

PER_PAGE = 25


@require_GET
@allow(Role.TEAM_LEAD)
def undelivered(request: SignedIn) -> HttpResponse:
    """What is open, or with `handled` what was seen to; the oldest first."""
    is_open = "handled" not in request.GET
    found = undelivered_for(request.standing)
    shown = found.unhandled() if is_open else found.handled()
    rows, after = places.page(shown, "at", request.GET.get("after", ""), PER_PAGE)
    context = {"rows": rows, "is_open": is_open, **paging.ways_on(request, after)}
    return render(request, "enquiries/undelivered.html", context)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def one(request: SignedIn, reference: str, key: int) -> HttpResponseBase:
    """Send it again, or say how whoever asked has it now."""
    found = get_readable_for(request.standing, reference, request.now)
    row = queries.of_enquiry(found).select_related("outbound__message").filter(pk=key).first()
    if row is None:
        raise Http404
    is_again = request.POST.get("do") == "again"
    again = AgainForm(request.POST if is_again else None, initial={"to": row.outbound.to})
    remedy = RemedyForm(request.POST if request.method == "POST" and not is_again else None)
    form = again if is_again else remedy
    if form.is_valid():
        try:
            _act(request, found, row, form)
        except changing.CannotChange as refused:
            return changed(request, found, refused)
        return redirect("enquiries:enquiry", reference)
    context = {
        "enquiry": found,
        "row": row,
        "again": again,
        "remedy": remedy,
        "version": request.POST.get("version", found.version),
        "is_mine": found.state in HELD and found.assignee_id == request.user.pk,
    }
    status = 422 if form.is_bound else 200
    return render(request, "enquiries/not_arrived.html", context, status=status)


def _act(request: SignedIn, found: Enquiry, row: Undelivered, form: forms.Form) -> None:
    """Do what the form says."""
    version = version_of(request.POST)
    if isinstance(form, AgainForm):
        resending.send_again(
            undelivered=row,
            enquiry=found,
            version=version,
            to=form.cleaned_data["to"],
            by=request.user,
            now=request.now,
        )
        messages.success(request, _("The answer was sent again."))
        return
    resending.handle(
        undelivered=row,
        enquiry=found,
        version=version,
        how=form.cleaned_data["how"],
        by=request.user,
        now=request.now,
    )
    messages.success(request, _("What was done is on record."))
