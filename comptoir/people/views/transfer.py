"""A seat changes hands: an administrator says who follows, reads what will happen, then does it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from comptoir.people import commitments, permissions
from comptoir.people.actions import offices
from comptoir.people.forms.offices import BUSY, TransferForm
from comptoir.people.importing import openings
from comptoir.people.models import Office, OfficeEnd, OfficeStatus, Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import offices as office_queries
from comptoir.people.queries import people


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def transfer(request: SignedIn, reference: str) -> HttpResponse:
    """Ask who follows, say what will happen, and act once that is confirmed."""
    found = permissions.get_any_office_for(request.standing, reference)
    if found.successor is not None:
        messages.warning(request, _("Somebody follows in this seat already."))
        return redirect("people:office", found.reference)
    sitting = office_queries.open_in_seat_of(found)
    form = TransferForm(request.POST or None, office=found, sitting=sitting)
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        if "confirmed" not in request.POST:
            return _page(request, form, _successor(form))
        successor = _transferred(request, form)
        if successor is not None:
            return redirect("people:office", successor.reference)
    return _page(request, form, sitting)


def _page(request: SignedIn, form: TransferForm, successor: Office | None) -> HttpResponse:
    """The question, or once it is known who follows, what will happen."""
    found = form.office
    context = {
        "office": found,
        "form": form,
        "successor": successor,
        "is_closed": found.status == OfficeStatus.CLOSED,
        "people": office_queries.people_count(found, request.now),
        "invitations": len(people.open_invitations(found, request.now)),
        "coming": commitments.coming([found], request.now),
    }
    step = "ask"
    if successor is not None and not form.errors:
        step = "confirm"
        form.hide()
    return render(request, f"people/offices/transfer_{step}.html", context)


def _successor(form: TransferForm) -> Office:
    """The office that follows: the one named, else one that is not saved yet."""
    values = form.cleaned_data
    named: Office | None = values["successor"]
    return named or openings.in_the_seat_of(
        form.office,
        legislator=values["legislator"],
        honorific=values.get("honorific", ""),
        source_id=values.get("source_id", ""),
        since=values["since"],
    )


def _transferred(request: SignedIn, form: TransferForm) -> Office | None:
    """The office that follows, once it does; else the form says why not."""
    try:
        successor = _successor(form)
        offices.transfer(
            office=form.office,
            successor=successor,
            reason=OfficeEnd(form.cleaned_data.get("reason", OfficeEnd.OTHER)),
            since=form.cleaned_data.get("since", successor.since),
            by=request.user,
            now=request.now,
        )
    except offices.SeatTaken:
        form.add_error(None, _("Another office is open in this seat. Close that one first."))
    except offices.LegislatorSits:
        form.add_error(
            None,
            _(
                "This legislator has an open office already. Check the name and the number, or close that office first."
            ),
        )
    except offices.OfficeBusy:
        form.add_error(None, BUSY)
    except offices.CannotChangeOffice:
        form.add_error(None, _("The office’s status does not allow that any more."))
    else:
        messages.success(request, _("The seat has changed hands. Invite the new office’s manager."))
        return successor
    return None
