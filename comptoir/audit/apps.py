"""The audit room's registration with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "comptoir.audit"
    default_auto_field = "django.db.models.BigAutoField"
