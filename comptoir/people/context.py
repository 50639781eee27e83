"""What the frame of every page shows of the person who reads it (context processor)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from comptoir.people import lock
from comptoir.people.models import Person
from comptoir.ui import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """The account menu, and the script that watches over the session."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"page_scripts": []}
    links = [
        {"label": _("My account"), "url": reverse("people:account")},
        {"label": _("Second factor"), "url": reverse("mfa_index")},
    ]
    account = {"name": person.name, "links": links, "sign_out_url": reverse("account_logout")}
    return {"account": account, "page_scripts": [_lock_script(request, person)]}


def _lock_script(request: HttpRequest, person: Person) -> dict[str, Any]:
    now = getattr(request, "now", None) or clock.now()
    left = lock.left(request.session, now)
    return {
        "src": static("people/lock.js"),
        "data": {
            "seconds": int(left.total_seconds()),
            "limit": int(lock.limit().total_seconds()),
            "warning": int(min(lock.WARNING, lock.limit() / 2).total_seconds()),
            "session": reverse("people:session"),
            "unlock": reverse("people:unlock"),
            "person": person.pk,
        },
    }
