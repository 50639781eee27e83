"""Signing in and second factors: allauth's forms with our words, and without its look at addresses."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.people.models import Person


def code_field(help_text: Any) -> forms.CharField:
    """A field for a code, which browsers may fill in."""
    attributes = {"autocomplete": "one-time-code", "size": "12"}
    return forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=help_text,
        widget=forms.TextInput(attrs=attributes),
    )


class AddressForm(RequestLoginCodeForm):
    """Whose code is asked for. Known or not, an address takes the same steps."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The address your invitation was sent to."),
        error_messages={"required": _("Enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = Person.objects.filter(email__iexact=email, is_active=True).first()
        return email


class CodeForm(ConfirmLoginCodeForm):
    """The code from the message."""

    code = code_field(_("The letters from our message; capitals and the hyphen do not matter."))


_FACTOR_HELP = _("Six digits from your authenticator app, or one of your recovery codes.")


class SecondFactorForm(AuthenticateForm):
    """The code of an authenticator app, or a recovery code."""

    code = code_field(_FACTOR_HELP)


class SecondFactorAgainForm(ReauthenticateForm):
    """The same once more, before something sensitive or to unlock."""

    code = code_field(_FACTOR_HELP)


class AuthenticatorForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    code = code_field(_("Six digits that the app shows for Comptoir."))


class PasskeyForm(AddWebAuthnForm):
    """A new passkey. It signs in by itself, so it has to ask for a fingerprint, a face or a PIN."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        required=False,
        max_length=60,
        help_text=_("To tell it from others, for example “work laptop”."),
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
