"""The people room's registration with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "comptoir.people"
    default_auto_field = "django.db.models.BigAutoField"
