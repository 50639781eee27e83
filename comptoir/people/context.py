"""What the frame of every page shows of the person who reads it (context processor)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from comptoir.notices import queries as notices
from comptoir.people import lock
from comptoir.people.models import Person, Role
from comptoir.people.permissions import Standing
from comptoir.ui import clock, times


def page(request: HttpRequest) -> dict[str, Any]:
    """The account menu, the scripts that watch over the session, and whether notices are stopped."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"page_scripts": []}
    links = [
        {"label": _("My account"), "url": reverse("people:account")},
        {"label": _("Second factor"), "url": reverse("mfa_index")},
    ]
    account = {"name": person.name, "links": links, "sign_out_url": reverse("account_logout")}
    return {
        "account": account,
        "page_scripts": [_kept_script(person), _lock_script(request, person)],
        "banner": _stopped_banner(getattr(request, "standing", None)),
    }


def _stopped_banner(standing: Standing | None) -> dict[str, Any] | None:
    """Staff must know that nothing leaves: an office they talk to has not had its confirmation."""
    if standing is None or not (standing.is_staff and standing.sending_is_stopped):
        return None
    switch = notices.open_switch()
    if switch is None:
        return None
    since = times.moment(switch.stopped_at)
    text = _("Sending is stopped. No confirmation or reminder has left since %(since)s.")
    banner = {"text": text % {"since": since}}
    if standing.roles & {Role.TEAM_LEAD, Role.ADMINISTRATOR}:
        banner |= {"url": reverse("people:notices"), "label": _("Notices")}
    return banner


def _kept_script(person: Person) -> dict[str, Any]:
    return {
        "src": static("people/kept.js"),
        "data": {"person": person.pk, "leave": reverse("account_logout")},
    }


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
