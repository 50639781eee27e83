"""The audit trail, for auditors and administrators."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptoir.people import permissions, searching
from comptoir.people.forms.trail import TrailForm
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import trail as queries
from comptoir.ui.paging import ShallowPaginator

PAGE = 25


@permissions.allow(Role.AUDITOR, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def trail(request: SignedIn) -> HttpResponse:
    """Who did, saw and disclosed what, the latest first."""
    if request.method == "POST":
        searching.note(request, "trail", TrailForm())
        return redirect("people:trail")
    form = TrailForm(searching.noted(request, "trail") or None)
    filters = form.cleaned_data if form.is_valid() else {}
    found = queries.events(filters, ZoneInfo(request.user.time_zone))
    paginator = ShallowPaginator(found, PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_cut": paginator.is_cut,
        "lines": queries.lines(list(page)),
        "asked": form.said(),
    }
    return render(request, "people/trail.html", context)
