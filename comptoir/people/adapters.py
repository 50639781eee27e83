"""Where django-allauth asks what our rules are: no sign-up, no passwords, codes sent by the worker.

A sign-in code is sent by a job, and a job is deferred for every address that asks, known or not:
neither the answer nor the time it takes tells whether an address exists.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from comptoir.people import organization, permissions, returning, sealing, second_factor
from comptoir.people.actions import codes, signing_in
from comptoir.people.models import Person
from comptoir.ui import clock


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail code."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _(
            "That is not the code, or it is no longer valid. Check it, or ask for a new one."
        ),
        "too_many_login_attempts": _(
            "There were too many attempts. Wait a few minutes, then ask for a new code."
        ),
        "rate_limited": _("There were too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth sends one kind of mail here: the code."""
        codes.send_code(
            kind="people.sign_in_code",
            address=email,
            code=context["code"],
            valid_for=timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
            now=clock.now(),
        )

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only messages with words of ours: allauth's templates speak of passwords and sites."""
        if kwargs.get("message"):
            super().add_message(request, *args, **kwargs)

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        methods = [str(record["method"]) for record in get_authentication_records(request, user)]
        signing_in.signed_in(
            person=user, session=request.session, request=request, methods=methods, now=clock.now()
        )

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        returning.remember(response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        super().logout(request)
        if isinstance(person, Person):
            signing_in.signed_out(person=person, now=clock.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home, in the person's own language."""
        language = getattr(request.user, "language", None)
        with translation.override(language or translation.get_language()):
            return reverse(settings.LOGIN_REDIRECT_URL)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys, authenticator apps, recovery codes; their secrets lie sealed in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "That is not the present code. Wait for the next one and type it at once."
        ),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep a second factor; recovery codes alone are none."""
        person: Person = authenticator.user
        if not permissions.standing_of(person, clock.now()).is_staff:
            return True
        return second_factor.strong(person).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Passkey %(number)s") % {"number": number})


class OrganizationAdapter(DefaultSocialAccountAdapter):
    """An organization's own sign-in (OpenID Connect): it finds people we know and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Person, str] | None:
        """The person whose address the organization vouches for."""
        for address in sociallogin.email_addresses:
            person = Person.objects.filter(email__iexact=address.email, is_active=True).first()
            # The claim itself and nothing that merely looks true, such as the text "false".
            if person is not None and address.verified is True:
                return person, address.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        response = organization.unlocked_by(request, sociallogin, clock.now())
        if response is not None:
            raise ImmediateHttpResponse(response)
        if not sociallogin.is_existing:
            text = _(
                "Your organization’s sign-in gave an address that we do not know. Ask your office’s manager or the centre for an invitation."
            )
            raise ImmediateHttpResponse(_back_to_sign_in(request, str(text)))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        text = _(
            "Your organization’s sign-in did not let you in. Try again, or sign in with a code."
        )
        raise ImmediateHttpResponse(_back_to_sign_in(request, str(text)))


def _back_to_sign_in(request: HttpRequest, text: str) -> Any:
    messages.error(request, text)
    # Whoever meant to unlock is signed in and stays so: their page is where they go on trying.
    return redirect("people:unlock" if request.user.is_authenticated else "account_login")
