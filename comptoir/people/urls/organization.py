"""An organization's own sign-in (OpenID Connect). Without a language: it is registered over there."""

from allauth.socialaccount.providers.openid_connect import views
from django.urls import path

from comptoir.people import permissions

urlpatterns = [
    path(
        "sign-in/<slug:provider_id>/",
        permissions.public(views.login),
        name="openid_connect_login",
    ),
    path(
        "sign-in/<slug:provider_id>/return/",
        permissions.public(views.callback),
        name="openid_connect_callback",
    ),
]
