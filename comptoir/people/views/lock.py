"""The idle lock's addresses: a sign of life, and unlocking with or without scripts."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.people import lock, organization, permissions, second_factor
from comptoir.people.actions import signing_in, unlocking
from comptoir.people.forms.sign_in import SecondFactorAgainForm
from comptoir.people.forms.unlocking import UnlockForm
from comptoir.people.permissions import SignedIn


@permissions.public
@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Where the session stands, as JSON. A GET only looks; a POST is a sign of life.

    `csrf` renews the token of a page that was open while its person signed in again.
    """
    now = request.now  # type: ignore[attr-defined]  # set by ui.middleware
    if not request.user.is_authenticated:
        return JsonResponse({"state": "out", "seconds": 0})
    if request.method == "POST" and not lock.is_locked(request.session, now):
        lock.note_activity(request.session, now)
    left = lock.left(request.session, now)
    return JsonResponse(
        {
            "state": "open" if left else "locked",
            "seconds": int(left.total_seconds()),
            "person": request.user.pk,
            "csrf": get_token(request),
        }
    )


@permissions.before_second_factor
@permissions.while_locked
@permissions.signed_in
@never_cache
@require_http_methods(["GET"])
def warning(request: SignedIn) -> HttpResponse:
    """The dialog that says the session is about to lock, for a page's script."""
    left = lock.left(request.session, request.now)
    return render(
        request, "people/lock/warning.html", {"minutes": round(left.total_seconds() / 60)}
    )


@permissions.public
@require_http_methods(["GET"])
def ended(request: HttpRequest) -> HttpResponse:
    """The dialog that says the session has ended altogether, for a page's script."""
    return render(request, "people/lock/ended.html")


@permissions.before_second_factor
@permissions.while_locked
@permissions.signed_in
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def unlock(request: SignedIn) -> HttpResponse:
    """Show who is there: staff by their second factor, others by a fresh code from an e-mail, and
    whoever came by their organization's own sign-in by that.

    Asked by a page's script it answers with the dialog's contents, and 204 once unlocked.
    """
    in_dialog = "dialog" in request.GET
    if not lock.is_locked(request.session, request.now):
        return _go_on(request, in_dialog=in_dialog)
    has_factor = second_factor.strong(request.user).exists()
    form, method, problem = _unlocking(request, has_factor=has_factor)
    if method:
        lock.unlock(request.session, request.now)
        signing_in.unlocked(person=request.user, method=method, now=request.now)
        return _go_on(request, in_dialog=in_dialog)
    by_organization = organization.may_unlock(request, request.user)
    context = {
        "form": form,
        "problem": problem,
        "has_factor": has_factor,
        "by_code": not (has_factor or request.standing.is_staff),
        "organization": organization.name() if by_organization else "",
        "in_dialog": in_dialog,
        "was_sent": unlocking.was_sent(request.user, request.session, request.now),
        "next": request.GET.get("next", ""),
        "passkey": _passkey_request(request) if has_factor else None,
        "demonstration_code": second_factor.demonstration_code(request.user),
    }
    template = "people/lock/dialog.html" if in_dialog else "people/lock/page.html"
    return render(request, template, context)


@permissions.before_second_factor
@permissions.while_locked
@permissions.signed_in
@never_cache
@require_POST
def unlock_at_organization(request: SignedIn) -> HttpResponse:
    """Show at one's organization who is there. From the dialog that happens in a tab of its own."""
    if not lock.is_locked(request.session, request.now):
        return _go_on(request, in_dialog=False)
    if not organization.may_unlock(request, request.user):
        return HttpResponseRedirect(f"{reverse('people:unlock')}?{request.GET.urlencode()}")
    own_tab = "dialog" in request.GET
    wanted = reverse("people:unlocked") if own_tab else request.GET.get("next", "")
    return organization.ask_again(request, wanted=wanted, now=request.now)


@permissions.before_second_factor
@permissions.signed_in
@require_safe
def unlocked(request: SignedIn) -> HttpResponse:
    """The end of unlocking in a tab of its own: the page that was locked stands in another."""
    return render(request, "people/lock/unlocked.html")


def _unlocking(request: SignedIn, *, has_factor: bool) -> tuple[forms.Form, str, str]:
    """The form to show; how the session was unlocked, or nothing; what went wrong, or nothing."""
    if has_factor:
        return _by_factor(request)
    if request.standing.is_staff:
        # Somebody became staff in another session and owes a second factor: a code is not enough.
        at_organization = organization.may_unlock(request, request.user)
        problem = "" if at_organization else _("Sign out, and sign in again.")
        return UnlockForm(is_right=lambda code: False), "", problem
    if request.method == "POST" and "send" in request.POST:
        return _send_code(request)
    data = request.POST if request.method == "POST" else None

    def is_right(code: str) -> bool:
        return unlocking.try_code(
            code=code, person=request.user, session=request.session, now=request.now
        )

    form = UnlockForm(data, is_right=is_right)
    return form, "code" if data is not None and form.is_valid() else "", ""


def _send_code(request: SignedIn) -> tuple[forms.Form, str, str]:
    allowed = ratelimit.consume(request, action="request_login_code", key=request.user.email)
    if allowed:
        unlocking.send_code(person=request.user, session=request.session, now=request.now)
    problem = "" if allowed else _("There were too many attempts. Wait a few minutes.")
    return UnlockForm(is_right=lambda code: False), "", problem


def _by_factor(request: SignedIn) -> tuple[forms.Form, str, str]:
    empty = SecondFactorAgainForm(user=request.user)
    if request.method != "POST":
        return empty, "", ""
    if "credential" in request.POST:
        by_passkey = ReauthenticateWebAuthnForm(request.POST, user=request.user)
        if by_passkey.is_valid():
            by_passkey.save()
            return empty, "webauthn", ""
        signing_in.refused(person=request.user, step="unlock", now=request.now)
        return empty, "", _("The passkey was not accepted. Try again, or type a code.")
    form = SecondFactorAgainForm(request.POST, user=request.user)
    if form.is_valid():
        form.save()
        return form, "totp", ""
    signing_in.refused(person=request.user, step="unlock", now=request.now)
    return form, "", ""


def _passkey_request(request: SignedIn) -> dict[str, Any] | None:
    """What the browser needs to ask for a passkey, if the person has one."""
    own = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    return passkeys.begin_authentication(request.user) if own.exists() else None


def _go_on(request: SignedIn, *, in_dialog: bool) -> HttpResponse:
    if in_dialog:
        return HttpResponse(status=204)
    wanted = request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    # Not `redirect`, which would take a word for the name of an address.
    return HttpResponseRedirect(wanted if own else reverse("people:home"))
