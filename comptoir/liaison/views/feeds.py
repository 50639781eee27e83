"""The office's calendar feed: a secret address, made, read by a program, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.liaison import permissions
from comptoir.liaison.actions import feeding
from comptoir.liaison.queries import messages as texts
from comptoir.liaison.queries import offices
from comptoir.people import sealing
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn, allow, get_office_for, public
from comptoir.ui import clock

FRESH_KEY = "fresh_feed"
FRESH_FOR = timedelta(minutes=10)
"""How long the page with a new address can be read again, in the other language for instance."""


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def make(request: SignedIn, office_ref: str) -> HttpResponse:
    """Make a new secret address; show it for some minutes to whoever made it, and never again."""
    office = get_office_for(request.standing, office_ref)
    if request.method == "POST":
        secret = feeding.make_feed(office=office, by=request.user, now=request.now)
        request.session[FRESH_KEY] = [office.pk, sealing.seal(secret), request.now.isoformat()]
        return redirect("liaison:make-feed", office_ref=office.reference)
    fresh = _fresh(request, office)
    if fresh is None:
        return redirect("liaison:office", office_ref=office.reference)
    address = settings.ADDRESS + reverse("liaison:feed", args=[fresh])
    return render(request, "liaison/feed_made.html", {"office": office, "address": address})


def _fresh(request: SignedIn, office: Office) -> str | None:
    """The secret that this session has just made for the office, while it may be shown."""
    known, sealed, made_at = request.session.get(FRESH_KEY, (None, "", ""))
    if known != office.pk:
        return None
    if datetime.fromisoformat(made_at) + FRESH_FOR <= request.now:
        del request.session[FRESH_KEY]
        return None
    return sealing.unseal(sealed)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def revoke(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Make an address useless from now on."""
    office = get_office_for(request.standing, office_ref)
    feed = permissions.get_feed_for(office, pk)
    feeding.revoke_feed(feed=feed, by=request.user, now=request.now)
    messages.success(request, _("The calendar address no longer works."))
    return redirect("liaison:office", office_ref=office.reference)


@require_GET
@public
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed itself, for whoever has the secret: times, lengths, references, links."""
    now = clock.now()
    feed = permissions.get_feed_with(feeding.hash_of(secret), now)
    content = texts.feed(feed, offices.feed_appointments(feed, now), now=now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer
