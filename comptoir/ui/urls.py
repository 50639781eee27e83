"""Addresses that are the same in both languages. The style guide stands under a language."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from comptoir.ui import style_guide, views

urlpatterns = [
    path("healthz", views.healthy, name="healthy"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]

language_urlpatterns: list[URLPattern] = (
    [path("style/", style_guide.page, name="style-guide")] if settings.DEBUG else []
)
