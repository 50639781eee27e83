"""One's own account: name, language, zone, and where one is signed in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.people import browsers, permissions
from comptoir.people.actions import persons, sessions
from comptoir.people.forms.people import DetailsForm
from comptoir.people.models import Language
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import people


@permissions.signed_in
@require_http_methods(["GET", "POST"])
def account(request: SignedIn) -> HttpResponse:
    """How the person is named and addressed."""
    form = DetailsForm.of(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        person = persons.change_details(
            person=request.user,
            name=values["name"],
            language=Language(values["language"]),
            time_zone=values["time_zone"],
            by=request.user,
            now=request.now,
        )
        with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
            messages.success(request, _("Your details were saved."))
            return redirect(reverse("people:account"))
    here = request.session.session_key
    context = {
        "form": form,
        "sessions": [
            (browsers.named(session.browser), session.signed_in_at, session.session_key == here)
            for session in people.sessions_of(request.user, request.now)
        ],
    }
    return render(request, "people/account.html", context)


@permissions.signed_in
@require_POST
def sign_out_elsewhere(request: SignedIn) -> HttpResponse:
    """End every session but this one."""
    count = sessions.sign_out_elsewhere(
        person=request.user,
        keep=request.session.session_key or "",
        by=request.user,
        now=request.now,
    )
    text = _("You were signed out elsewhere.") if count else _("You were signed in nowhere else.")
    messages.success(request, text)
    return redirect("people:account")
