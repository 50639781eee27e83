"""The lines of the centre: what each promises and how it is reached; giving one its mailbox and number."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.enquiries.actions import mailboxes
from comptoir.enquiries.forms.lines import ReachForm, refuse
from comptoir.enquiries.permissions import KEEPERS, get_line_for
from comptoir.enquiries.queries import lines as queries
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock

PER_PAGE = 50


@require_GET
@allow(*KEEPERS)
def lines(request: SignedIn) -> HttpResponse:
    """Every line that is no drill, the open ones first."""
    page = Paginator(queries.every(), PER_PAGE).get_page(request.GET.get("page"))
    shown = queries.listed(list(page), clock.service_date(request.now))
    return render(request, "enquiries/lines.html", {"page": page, "lines": shown})


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def line(request: SignedIn, code: str) -> HttpResponse:
    """Give an open line its mailbox and its number."""
    found = get_line_for(request.standing, code)
    initial = {"mailbox": found.mailbox, "telephone": found.telephone}
    form = ReachForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            mailboxes.reach(line=found, **form.cleaned_data, by=request.user, now=request.now)
        except mailboxes.CannotGive as reason:
            refuse(form, reason)
        else:
            said = _("How %(line)s is reached was saved.") % {"line": found.name}
            messages.success(request, said)
            return redirect("enquiries:lines")
    status = 422 if form.errors else 200
    return render(request, "enquiries/line.html", {"form": form, "line": found}, status=status)
