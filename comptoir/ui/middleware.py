"""What every page needs from its request: one instant, the reader's zone, the language it speaks."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from comptoir.ui import clock


class PageMiddleware:
    """Sets `request.now`, activates the signed-in person's zone and names the language of the answer.

    One instant serves a whole request, so that nothing on a page contradicts another part of it. It
    stands after the middleware that knows the person and the language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        with timezone.override(reader_zone(request)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
        return response


def reader_zone(request: HttpRequest) -> ZoneInfo:
    """The person's own zone, else the centre's: a stranger sees the hours of the service."""
    service = ZoneInfo(getattr(settings, "SERVICE_TIME_ZONE", "America/Toronto"))
    wanted = getattr(getattr(request, "user", None), "time_zone", "")
    try:
        return ZoneInfo(wanted) if wanted else service
    except (ZoneInfoNotFoundError, ValueError):
        return service
