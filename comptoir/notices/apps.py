"""The notices room's registration with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "comptoir.notices"
    default_auto_field = "django.db.models.BigAutoField"
