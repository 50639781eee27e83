"""Accepting an invitation, before one has an account."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comptoir.people import invitation_links, office_home, permissions
from comptoir.people.actions import invitations
from comptoir.people.forms.people import AcceptanceForm
from comptoir.people.models import Invitation, Language, OfficeStatus, Person
from comptoir.people.permissions import SignedIn


@permissions.public
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to, and a form to join. One signs in afterwards, like everybody."""
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
                now=cast(SignedIn, request).now,
            )
        except invitations.InvitationClosed:
            return render(request, "people/invitation/closed.html", status=410)
        return _welcomed(request, found, person)
    return render(request, "people/invitation/page.html", {"invitation": found, "form": form})


def _welcomed(request: HttpRequest, found: Invitation, person: Person) -> HttpResponse:
    """On to what was joined: at once for whoever is signed in as this person, else by signing in."""
    with translation.override(person.language):
        place = office_home.address_of(found.office) if found.office is not None else ""
        if request.user == person:
            messages.success(request, _joined(found))
            return redirect(place or "people:home")
        if request.user.is_authenticated:
            text = _("You are signed in here as somebody else: sign out first.")
            messages.warning(request, f"{_joined(found)} {text}")
            return redirect("account_logout")
        text = _("Sign in with the address that we wrote to.")
        messages.success(request, f"{_joined(found)} {text}")
        # Whoever acts for several offices is to find themselves in the one they have just joined.
        return redirect(reverse("account_login", query={"next": place} if place else None))


def _joined(found: Invitation) -> str:
    """What was joined, by the names that the page of the invitation showed."""
    if found.office is None:
        return _("You have joined the centre.")
    names = {"legislator": found.office.legislator, "place": found.office.place}
    return _("You have joined the office of %(legislator)s (%(place)s).") % names


def _is_open(found: Invitation, request: HttpRequest) -> bool:
    active = found.office is None or found.office.status == OfficeStatus.ACTIVE
    return active and found.is_open(cast(SignedIn, request).now)


def _suggested(found: Invitation) -> dict[str, str]:
    """What is filled in: the language is that of the page, which is the letter's or was chosen since."""
    zone = found.office.time_zone if found.office is not None else "America/Toronto"
    language = (translation.get_language() or found.language)[:2]
    return {"name": found.name, "language": language, "time_zone": zone}
