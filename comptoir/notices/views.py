"""The outbox of the demonstration: letters that went to files instead of people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comptoir.notices import outbox
from comptoir.ui.access import public

PER_PAGE = 20


@public
@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter, the newest first; 404 wherever mail is real."""
    if not outbox.is_open():
        raise Http404
    page = Paginator(outbox.names(), PER_PAGE).get_page(request.GET.get("page"))
    found = [letter for name in page if (letter := outbox.letter(name)) is not None]
    return render(request, "notices/outbox.html", {"page": page, "letters": found})


@public
@never_cache
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter as its reader would see it."""
    return render(request, "notices/letter.html", {"letter": _letter(name)})


@public
@never_cache
@require_safe
def calendar_file(request: HttpRequest, name: str) -> HttpResponse:
    """The calendar file of a letter, to open or to keep."""
    content = _letter(name).calendar
    if content is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="invite.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _letter(name: str) -> outbox.Letter:
    found = outbox.letter(name) if outbox.is_open() else None
    if found is None:
        raise Http404
    return found
