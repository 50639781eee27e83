"""The single window's addresses. References are nobody's name: no personal data."""

from __future__ import annotations

from django.urls import include, path

app_name = "enquiries"

urlpatterns = [
    path("", include("comptoir.enquiries.urls.mail")),
]
