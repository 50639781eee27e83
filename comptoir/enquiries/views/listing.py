"""Lists over all enquiries: everything with a search, what is late, what no rule knew."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.enquiries.forms.listing import FilterForm, SearchForm
from comptoir.enquiries.models import WORKS
from comptoir.enquiries.permissions import enquiries_for
from comptoir.enquiries.queries import listing as queries
from comptoir.enquiries.views import paging
from comptoir.people import searching
from comptoir.people.permissions import SignedIn, allow

SEARCH = "enquiries"


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def everything(request: SignedIn) -> HttpResponse:
    """Every enquiry, the latest first, or what a search finds; both within the filters."""
    if request.method == "POST":
        searching.note(request, SEARCH, SearchForm())
        return redirect(paging.beginning(request, "enquiries:all"))
    words = searching.noted(request, SEARCH).get("q", "").strip()
    form = FilterForm(request.GET)
    chosen = form.chosen()
    enquiries = enquiries_for(request.standing)
    after = request.GET.get("after", "")
    if words:
        listed = queries.search(enquiries, words, chosen, after, request.now)
    else:
        listed = queries.newest(enquiries, chosen, after, request.now)
    context = {
        "form": form,
        "search": SearchForm(initial={"q": words}),
        "words": words,
        "by": queries.searched_by(words) if words else "",
        "is_filtered": bool(chosen),
        **_listed(request, listed),
    }
    return render(request, "enquiries/all.html", context)


@require_GET
@allow(*WORKS)
def late(request: SignedIn) -> HttpResponse:
    """What is overdue, the longest first."""
    form = FilterForm(request.GET)
    del form.fields["state"]
    after = request.GET.get("after", "")
    listed = queries.late(enquiries_for(request.standing), form.chosen(), after, request.now)
    context = {"form": form, **_listed(request, listed)}
    return render(request, "enquiries/late.html", context)


@require_GET
@allow(*WORKS)
def unmatched(request: SignedIn) -> HttpResponse:
    """What no rule of triage knew: somebody looks at it by hand."""
    after = request.GET.get("after", "")
    listed = queries.to_watch(enquiries_for(request.standing), after, request.now)
    return render(request, "enquiries/unmatched.html", _listed(request, listed))


def _listed(request: SignedIn, listed: queries.Listed) -> dict[str, Any]:
    """The rows, and where the next page and the first one are."""
    return {"rows": listed.rows, **paging.ways_on(request, listed.after)}
