"""An organization's own sign-in (OpenID Connect): its name, who came by it, and unlocking by it.

Whoever came by it may have nothing of ours to unlock with. Their session stays as it is while they
show over there who they are: nobody is signed in anew, so nothing that was kept is lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests
from allauth.account.authentication import get_authentication_records
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from comptoir.people import lock, second_factor
from comptoir.people.actions import signing_in
from comptoir.people.models import Person
from comptoir.people.permissions import SignedIn

UNLOCKS = "unlocks"
CLOCKS_DIFFER = 60
"""Seconds by which the organization's clock may be behind ours."""


def name() -> str:
    """What the button for an organization's own sign-in says; empty if there is none."""
    app = _app()
    return str(app["name"]) if app else ""


def may_unlock(request: HttpRequest, person: Person) -> bool:
    """Whether the person came by the organization's sign-in and owes nothing stronger of ours."""
    methods = {record["method"] for record in get_authentication_records(request, person)}
    if _app() is None or "socialaccount" not in methods:
        return False
    return settings.OIDC_SECOND_FACTOR or not second_factor.strong(person).exists()


def ask_again(request: SignedIn, *, wanted: str, now: datetime) -> HttpResponse:
    """Send the person there to show who they are, though they may be signed in over there."""
    app = _app()
    assert app is not None
    provider = get_adapter().get_provider(request, provider=app["provider_id"])
    asked = {"next": wanted, "at": now.timestamp(), "language": translation.get_language()}
    try:
        response: HttpResponse = provider.redirect(
            request,
            process=AuthProcess.REDIRECT,
            data={UNLOCKS: asked},
            auth_params=provider.get_auth_params() | {"prompt": "login", "max_age": "0"},
        )
    except requests.RequestException:
        messages.error(request, _("Your organization’s sign-in does not answer. Try again later."))
        return _to_the_lock(wanted)
    return response


def unlocked_by(request: HttpRequest, sociallogin: Any, now: datetime) -> HttpResponse | None:
    """What follows when somebody comes back from there to unlock; None if it was to sign in.

    The question lies in the session, so that no address can pretend that it was asked.
    """
    asked = (sociallogin.state.get("data") or {}).get(UNLOCKS)
    if asked is None:
        return None
    person = request.user
    with translation.override(asked["language"]):
        if not isinstance(person, Person):
            return HttpResponseRedirect(reverse("account_login"))
        if not sociallogin.is_existing or sociallogin.user.pk != person.pk:
            text = _(
                "Your organization’s sign-in named somebody else, so your session stays locked."
            )
            _refused(request, person, text, now)
        elif _signed_in_before(sociallogin, asked["at"]):
            text = _("Your organization’s sign-in did not ask who you are. Try again.")
            _refused(request, person, text, now)
        elif lock.is_locked(request.session, now):
            lock.unlock(request.session, now)
            signing_in.unlocked(person=person, method="organization", now=now)
        return _to_the_lock(asked["next"])


def _refused(request: HttpRequest, person: Person, text: str, now: datetime) -> None:
    signing_in.refused(person=person, step="unlock", now=now)
    messages.error(request, text)


def _signed_in_before(sociallogin: Any, at: float) -> bool:
    """Whether the organization says that it let the person in earlier; many do not say when."""
    claims = sociallogin.account.extra_data.get("id_token")
    said = claims.get("auth_time") if isinstance(claims, dict) else None
    return isinstance(said, int) and said < at - CLOCKS_DIFFER


def _to_the_lock(wanted: str) -> HttpResponse:
    """To the page that unlocks, which leads on once nothing is locked."""
    return HttpResponseRedirect(f"{reverse('people:unlock')}?{urlencode({'next': wanted})}")


def _app() -> dict[str, Any] | None:
    providers = settings.SOCIALACCOUNT_PROVIDERS
    found: dict[str, Any] | None = providers["openid_connect"]["APPS"][0] if providers else None
    return found
