"""What every page needs from its request: one instant, the reader's zone, the language it speaks."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from comptoir.ui import clock, views


class PageMiddleware:
    """Sets `request.now`, activates the signed-in person's zone and names the language of the answer.

    One instant serves a whole request, so that nothing on a page contradicts another part of it. It
    stands after the middleware that knows the person and the language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]  # ours, one instant a request
        with timezone.override(reader_zone(request)):
            response = self.get_response(request)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
                response = _explained(request, response)
        response.headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
        return response


def _explained(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """The page for a method that an address does not take: Django's own answer is empty."""
    page = views.error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
    page.headers["Allow"] = refusal.headers["Allow"]
    return page


def reader_zone(request: HttpRequest) -> ZoneInfo:
    """The person's own zone, else the centre's: a stranger sees the hours of the service."""
    service = ZoneInfo(getattr(settings, "SERVICE_TIME_ZONE", "America/Toronto"))
    wanted = getattr(getattr(request, "user", None), "time_zone", "")
    try:
        return ZoneInfo(wanted) if wanted else service
    except (ZoneInfoNotFoundError, ValueError):
        return service
