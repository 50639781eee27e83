"""One's own second factors: adding, seeing and removing them."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comptoir.people import permissions, second_factor
from comptoir.people.actions import signing_in
from comptoir.people.adapters import SecondFactorAdapter
from comptoir.people.permissions import SignedIn


@permissions.before_second_factor
@permissions.signed_in
@require_safe
def overview(request: SignedIn) -> HttpResponse:
    """What one has, what one may add, and for staff that one of them is needed."""
    own = list(Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"))
    context = {
        "app": next((a for a in own if a.type == Authenticator.Type.TOTP), None),
        "passkeys": [a for a in own if a.type == Authenticator.Type.WEBAUTHN],
        "recovery_codes": next(
            (a for a in own if a.type == Authenticator.Type.RECOVERY_CODES), None
        ),
    }
    owed = request.standing.is_staff and not second_factor.strong(request.user).exists()
    return render(request, "people/second_factor.html", context | {"is_owed": owed})


def _added(request: HttpRequest, kind: str) -> None:
    """Who has just set up a second factor has shown it."""
    person: Any = request.user
    record_authentication(request, person, "mfa", type=kind, reauthenticated=True)
    signing_in.second_factor_changed(
        person=person,
        change="added",
        kind=kind,
        now=request.now,  # type: ignore[attr-defined]  # set by ui.middleware
    )


def _removed(request: HttpRequest, kind: str) -> None:
    person: Any = request.user
    signing_in.second_factor_changed(
        person=person,
        change="removed",
        kind=kind,
        now=request.now,  # type: ignore[attr-defined]  # set by ui.middleware
    )


class AddApp(ActivateTOTPView):
    """Set up an authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _added(self.request, "totp")
        messages.success(self.request, _("Your authenticator app is set up."))
        return response


class RemoveApp(DeactivateTOTPView):
    """Stop using the authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _removed(self.request, "totp")
        messages.success(self.request, _("Your authenticator app is no longer used here."))
        return response


class AddPasskey(AddWebAuthnView):
    """Set up a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _added(self.request, "webauthn")
        messages.success(self.request, _("Your passkey is set up."))
        return response


class RemovePasskey(RemoveWebAuthnView):
    """Stop using a passkey."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # allauth asks the adapter for apps only.
        passkey = self.get_queryset().filter(pk=kwargs["pk"]).first()
        if passkey is not None and not SecondFactorAdapter().can_delete_authenticator(passkey):
            text = SecondFactorAdapter.error_messages["cannot_delete_authenticator"]
            messages.error(request, str(text))
            return redirect("mfa_index")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _removed(self.request, "webauthn")
        messages.success(self.request, _("The passkey is no longer used here."))
        return response


def _own(view: Any) -> Any:
    """For whoever is signed in, before the second factor too: this is where one gets it."""
    return permissions.before_second_factor(permissions.signed_in(view))


class _OnceMore:
    """Whoever has no second factor is shown where to get one."""

    def _check_reauthentication_method_available(self, request: HttpRequest) -> Any:
        if not second_factor.strong(request.user).exists():  # type: ignore[arg-type]  # signed in
            return redirect("mfa_index")
        return super()._check_reauthentication_method_available(request)  # type: ignore[misc]  # mixed in


class ConfirmByPasskey(_OnceMore, ReauthenticateWebAuthnView):
    """The same by a passkey."""


class ConfirmAgain(_OnceMore, ReauthenticateView):
    """Show the second factor once more, before something sensitive."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        return known | {"demonstration_code": second_factor.demonstration_code(self.request.user)}


add_app = _own(AddApp.as_view())
remove_app = _own(RemoveApp.as_view())
add_passkey = _own(AddPasskey.as_view())
remove_passkey = _own(RemovePasskey.as_view())
recovery_codes = _own(ViewRecoveryCodesView.as_view())
new_recovery_codes = _own(GenerateRecoveryCodesView.as_view())
download_recovery_codes = _own(DownloadRecoveryCodesView.as_view())
confirm_again = _own(ConfirmAgain.as_view())
confirm_by_passkey = _own(ConfirmByPasskey.as_view())
