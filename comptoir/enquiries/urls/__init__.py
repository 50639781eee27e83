"""The single window's addresses. References are nobody's name: no personal data."""

from __future__ import annotations

from django.urls import URLPattern

from comptoir.enquiries.urls import steering

app_name = "enquiries"

urlpatterns: list[URLPattern] = [
    *steering.urlpatterns,
]
