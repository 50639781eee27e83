"""Addresses for the lead's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
