"""Addresses for the professional's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
