"""The addresses of django-allauth that we use, under the names it looks for; no others are mounted."""

from django.urls import path

from comptoir.people.views import second_factor, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/", sign_in.sign_in, name="account_request_login_code"),
    path("sign-in/code/", sign_in.enter_code, name="account_confirm_login_code"),
    path("sign-in/second-factor/", sign_in.give_second_factor, name="mfa_authenticate"),
    path("sign-in/passkey/", sign_in.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/inactive/", sign_in.inactive, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("account/confirm/", second_factor.confirm_again, name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        second_factor.confirm_by_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/second-factor/", second_factor.overview, name="mfa_index"),
    path("account/second-factor/", second_factor.overview, name="mfa_list_webauthn"),
    path("account/second-factor/app/", second_factor.add_app, name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", second_factor.remove_app, name="mfa_deactivate_totp"),
    path("account/second-factor/passkey/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkey/<int:pk>/remove/",
        second_factor.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/recovery/",
        second_factor.recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery/new/",
        second_factor.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/recovery/file/",
        second_factor.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
