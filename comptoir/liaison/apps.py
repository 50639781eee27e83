"""The liaison room's registration with Django."""

from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    name = "comptoir.liaison"
    default_auto_field = "django.db.models.BigAutoField"
