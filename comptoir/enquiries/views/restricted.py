"""What is restricted: why it is opened, what is read then, and who may open it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from comptoir.enquiries.actions import restricting
from comptoir.enquiries.forms.referrals import NameForm, ReasonForm
from comptoir.enquiries.models import READS, WORKS, Enquiry
from comptoir.enquiries.permissions import get_restricted_for, has_opened, may_open
from comptoir.enquiries.queries import documents, referrals
from comptoir.enquiries.queries import restricted as queries
from comptoir.people.models import Person
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import values
from comptoir.ui.forms import without_errors

REFUSALS: dict[type[restricting.CannotRestrict], str | Promise] = {
    restricting.NotNamed: gettext_lazy("You may not open it any more. Ask who is named for it."),
    restricting.LastOneNamed: gettext_lazy("Nobody would be left: name somebody else first."),
    restricting.NotRestricted: gettext_lazy("It is not restricted any more."),
}


@require_http_methods(["GET", "POST"])
@allow(*READS)
def restricted(request: SignedIn, reference: str) -> HttpResponseBase:
    """Ask why; then show it for a while."""
    found = get_restricted_for(request.standing, reference, request.now)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            restricting.open_to_read(
                enquiry=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except restricting.CannotRestrict as refused:
            messages.warning(request, str(REFUSALS[type(refused)]))
            return redirect("enquiries:referrals")
        return redirect("enquiries:restricted", reference)
    if request.method == "GET" and has_opened(request.standing, found, request.now):
        return _read(request, found)
    posted = request.method == "POST"
    context = {"reference": reference, "form": form if posted else without_errors(form)}
    status = 422 if posted else 200
    return render(request, "enquiries/restricted_reason.html", context, status=status)


def _read(request: SignedIn, found: Enquiry) -> HttpResponse:
    handed_on = referrals.of_enquiry(found)
    context = {
        "enquiry": found,
        "until": queries.readable_until(found, request.user, request.now),
        "texts": queries.texts(found),
        "referrals": handed_on,
        "incomplete": referrals.incomplete(handed_on),
        "documents": documents.of_enquiry(found),
        "reads_only": not request.standing.roles & set(WORKS),
    }
    return render(request, "enquiries/restricted.html", context)


@require_http_methods(["GET", "POST"])
@allow(*READS)
def named(request: SignedIn, reference: str) -> HttpResponseBase:
    """Who may open it, and who opened it why; name somebody, or end that somebody is named."""
    found = get_restricted_for(request.standing, reference, request.now)
    standing = queries.named(found)
    people = queries.others(referrals.offered(request.now), standing)
    form = NameForm(request.POST or None, people=people)
    ends = values.number(request.POST.get("end", ""))
    if request.method == "POST" and ends is not None:
        leaves = next((each.person for each in standing if each.person_id == ends), None)
        return _changed(request, found, leaves, ends=True)
    if request.method == "POST" and form.is_valid():
        return _changed(request, found, form.cleaned_data["person"], ends=False)
    posted = request.method == "POST"
    context = {
        "reference": reference,
        "named": standing,
        "openings": queries.openings(found),
        "form": form if posted else without_errors(form),
    }
    return render(request, "enquiries/named.html", context, status=422 if posted else 200)


def _changed(
    request: SignedIn, found: Enquiry, person: Person | None, *, ends: bool
) -> HttpResponseBase:
    act = restricting.end_naming if ends else restricting.name
    if person is not None:
        try:
            act(enquiry=found, person=person, by=request.user, now=request.now)
        except restricting.CannotRestrict as refused:
            messages.warning(request, str(REFUSALS[type(refused)]))
        else:
            messages.success(request, _("Who may open it was changed."))
    if may_open(request.standing, found, request.now):
        return redirect("enquiries:named", found.reference)
    return redirect("enquiries:referrals")
