"""Who was signed in with a browser last, so that what they typed is theirs when their session has ended.

A session that ends otherwise than by the idle lock (signed out in another tab, ended from elsewhere
or by an administrator) leaves pages open. What is sent from one of them is kept like what is sent to
a locked session (`lock`), in a session that is nobody's yet, and shown to that person alone.

Kept on the server and not by a script in the browser: there it would lie open on a shared machine,
until the tab is closed, for whoever comes next. Whose it is says a signed cookie, set at sign-in. It
is right for every form that gets this far: signing in renews the token against forged requests, so a
page that was made for somebody who was signed in before is refused before it is looked at.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from comptoir.people.models import Person

COOKIE = "returning"
REMEMBERED = timedelta(hours=12)
"""A working day: as long as a page may stand open and still be sent."""

KEPT_FOR = timedelta(hours=1)
"""How long a session that is nobody's lives with what it keeps."""


def remember(response: HttpResponse, person: Person) -> None:
    """Write down who signs in."""
    response.set_signed_cookie(
        COOKIE,
        str(person.pk),
        salt=COOKIE,
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def expected(request: HttpRequest) -> int | None:
    """The person who signed in with this browser last, if that is not long ago."""
    found = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=REMEMBERED)
    return int(found) if found is not None else None
