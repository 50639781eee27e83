"""The roster room's registration with Django."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "comptoir.roster"
    default_auto_field = "django.db.models.BigAutoField"
