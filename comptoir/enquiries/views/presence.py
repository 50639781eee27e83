"""Who else has the page open: asked every 20 seconds by a page that somebody looks at."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from comptoir.enquiries.actions import presence
from comptoir.enquiries.models import WORKS
from comptoir.enquiries.permissions import get_readable_for
from comptoir.enquiries.queries.presence import others
from comptoir.people import lock
from comptoir.people.permissions import SignedIn, allow, while_locked


@while_locked  # or else a page left open would count as a sign of life, and never lock
@require_POST
@allow(*WORKS)
def look(request: SignedIn, reference: str) -> HttpResponse:
    """Say that one is here; who else is."""
    found = get_readable_for(request.standing, reference, request.now)
    if lock.is_locked(request.session, request.now):
        return HttpResponse(status=204)
    presence.look(enquiry=found, by=request.user, now=request.now)
    context = {"enquiry": found, "others": others(found, request.user, request.now)}
    return render(request, "enquiries/parts/presence.html", context)


@while_locked
@require_POST
@allow(*WORKS)
def leave(request: SignedIn, reference: str) -> HttpResponse:
    """Say that the page was closed."""
    found = get_readable_for(request.standing, reference, request.now)
    presence.leave(enquiry=found, by=request.user)
    return HttpResponse(status=204)
