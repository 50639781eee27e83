"""The ui room's registration with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "comptoir.ui"
    default_auto_field = "django.db.models.BigAutoField"
