"""The office's calendar feed: a secret address, made, read by a program, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from comptoir.liaison.actions import feeding
from comptoir.liaison.models import CalendarFeed
from comptoir.liaison.queries import messages as texts
from comptoir.liaison.queries import offices
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow, get_office_for, public
from comptoir.ui import clock


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def make(request: SignedIn, office_ref: str) -> HttpResponse:
    """Make a new secret address and show it, this once."""
    office = get_office_for(request.standing, office_ref)
    secret = feeding.make_feed(office=office, by=request.user, now=request.now)
    address = request.build_absolute_uri(reverse("liaison:feed", args=[secret]))
    return render(request, "liaison/feed_made.html", {"office": office, "address": address})


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def revoke(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Make an address useless from now on."""
    office = get_office_for(request.standing, office_ref)
    feed = offices.live_feeds(office).filter(pk=pk).first()
    if feed is None:
        raise Http404
    feeding.revoke_feed(feed=feed, by=request.user, now=request.now)
    messages.success(request, _("The calendar address no longer works."))
    return redirect("liaison:office", office_ref=office.reference)


@require_GET
@public
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed itself, for whoever has the secret: times, lengths, references, links."""
    found = CalendarFeed.objects.filter(
        secret_hash=feeding.hash_of(secret), revoked_at=None, office__status="active"
    )
    feed = found.select_related("office", "person").first()
    if feed is None:
        raise Http404
    content = texts.feed(feed, offices.feed_appointments(feed, clock.now()), now=clock.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer
