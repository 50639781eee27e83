"""The front page: what this is, for a stranger; the first place of work, for somebody signed in."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from comptoir.people import permissions
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import people
from comptoir.ui import navigation


@permissions.public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead each reader to where they begin."""
    known = cast(SignedIn, request)
    if not request.user.is_authenticated:
        context = {"demonstration": people.demonstration_cast(known.now)}
        return render(request, "people/welcome.html", context)
    entries = navigation.entries_for(known.standing.roles)
    if entries:
        return redirect(entries[0].url_name)
    return render(request, "people/no_access.html")
