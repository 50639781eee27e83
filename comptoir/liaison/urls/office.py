"""Addresses for the office's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
