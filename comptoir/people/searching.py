"""Searches for people stay in the session: an address ends up in histories, logs and referrers."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import HttpRequest

PREFIX = "search:"
LONGEST = 200


def note(request: HttpRequest, name: str, form: BaseForm) -> None:
    """Keep what was asked for, or with the button `clear` forget it."""
    asked = {} if "clear" in request.POST else request.POST
    request.session[PREFIX + name] = {
        field: asked[field][:LONGEST] for field in form.fields if asked.get(field)
    }


def noted(request: HttpRequest, name: str) -> dict[str, str]:
    """What was asked for last."""
    found: dict[str, str] = request.session.get(PREFIX + name, {})
    return found
