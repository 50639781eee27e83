"""Accepting an invitation, before one has an account."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comptoir.people import invitation_links, permissions
from comptoir.people.actions import invitations
from comptoir.people.forms.people import AcceptanceForm
from comptoir.people.models import Invitation, Language, OfficeStatus
from comptoir.people.permissions import SignedIn


@permissions.public
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to, and a form to join. One signs in afterwards, like everybody."""
    now = cast(SignedIn, request).now
    found = invitation_links.invitation_from(token)
    if found is None or not _is_open(found, request):
        return render(request, "people/invitation/closed.html", status=410)
    form = AcceptanceForm(request.POST or None, initial=_suggested(found))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            person = invitations.accept(
                invitation=found,
                name=values["name"],
                language=Language(values["language"]),
                time_zone=values["time_zone"],
                now=now,
            )
        except invitations.InvitationClosed:
            return render(request, "people/invitation/closed.html", status=410)
        with translation.override(person.language):
            messages.success(
                request, _("You have joined. Sign in with the address that we wrote to.")
            )
            return redirect("account_login")
    return render(request, "people/invitation/page.html", {"invitation": found, "form": form})


def _is_open(found: Invitation, request: HttpRequest) -> bool:
    active = found.office is None or found.office.status == OfficeStatus.ACTIVE
    return active and found.is_open(cast(SignedIn, request).now)


def _suggested(found: Invitation) -> dict[str, str]:
    zone = found.office.time_zone if found.office is not None else "America/Toronto"
    return {"name": found.name, "language": found.language, "time_zone": zone}
