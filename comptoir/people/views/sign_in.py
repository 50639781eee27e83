"""Signing in and out: allauth's views with our templates, our trail, and no sign of who is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import (
    AccountInactiveView,
    ConfirmLoginCodeView,
    LogoutView,
    RequestLoginCodeView,
)
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from comptoir.people import organization, permissions, second_factor
from comptoir.people.actions import codes, signing_in
from comptoir.people.queries import people


class SignIn(RequestLoginCodeView):
    """Ask for a code. Nothing tells whether the address is known."""

    def form_valid(self, form: Any) -> HttpResponse:
        if form._user is None:
            # The same work as for an address we know; the job finds nobody and sends nothing.
            codes.send_code(
                kind="people.sign_in_code",
                address=form.cleaned_data["email"],
                code=get_adapter().generate_login_code(),
                valid_for=timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
                now=self.request.now,
            )
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        return known | {
            "demonstration": people.demonstration_cast(self.request.now),
            "organization": organization.name(),
            "next": self.request.GET.get("next", ""),
        }


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class EnterCode(ConfirmLoginCodeView):
    """The code from the message."""

    def form_invalid(self, form: Any) -> HttpResponse:
        if self._process.user is not None:
            signing_in.refused(person=self._process.user, step="code", now=self.request.now)
        response: HttpResponse = super().form_invalid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        return known | {
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "is_demonstration": not settings.PRODUCTION,
        }


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class SecondFactor(AuthenticateView):
    """The second factor of somebody whose code was right."""

    def form_invalid(self, form: Any) -> HttpResponse:
        signing_in.refused(person=self.stage.login.user, step="second_factor", now=self.request.now)
        response: HttpResponse = super().form_invalid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        person = self.stage.login.user
        return known | {
            "demonstration_code": second_factor.demonstration_code(person),
            "has_passkey": second_factor.strong(person).filter(type="webauthn").exists(),
        }


sign_in = permissions.public(SignIn.as_view())
enter_code = permissions.public(EnterCode.as_view())
give_second_factor = permissions.public(SecondFactor.as_view())
sign_in_by_passkey = permissions.public(LoginWebAuthnView.as_view())
inactive = permissions.public(AccountInactiveView.as_view())
sign_out = permissions.public(LogoutView.as_view())
