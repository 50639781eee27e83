"""Addresses for the tests of this room: the style guide, and views that fail in every way."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from comptoir.ui import style_guide, urls, views


def fails(request: HttpRequest, how: str) -> HttpResponse:
    """Fail as asked."""
    if how == "locked":
        return views.error_page(request, 423)
    raise {
        "forbidden": PermissionDenied("This office has left."),
        "missing": Http404(),
        "suspicious": SuspiciousOperation(),
        "broken": RuntimeError("on purpose"),
    }[how]


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    """Take nothing but POST."""
    return HttpResponse("taken")


def echo(request: HttpRequest) -> HttpResponse:
    """Say what a browser sent, file names included."""
    sent = {
        **dict(request.POST.lists()),
        **{k: [f.name for f in request.FILES.getlist(k)] for k in request.FILES},
    }
    return JsonResponse(sent)


def lines(request: HttpRequest) -> HttpResponse:
    """A page of staff, with the instant of the request."""
    return render(request, "ui/staff.html", {"now": request.now})  # type: ignore[attr-defined]  # set by ui.middleware


urlpatterns = [
    *urls.urlpatterns,
    *i18n_patterns(
        path("style/", style_guide.page),
        path("fails/<str:how>/", fails),
        path("only-post/", only_post),
        path("lines/", lines),
        path("echo/", echo),
    ),
]

handler400 = "comptoir.ui.views.bad_request"
handler403 = "comptoir.ui.views.permission_denied"
handler404 = "comptoir.ui.views.page_not_found"
handler500 = "comptoir.ui.views.server_error"
