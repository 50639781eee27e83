"""The ledger's registration with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "comptoir.ledger"
    default_auto_field = "django.db.models.BigAutoField"
