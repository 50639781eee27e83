"""The roster room's registration with Django, and its menu."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RosterConfig(AppConfig):
    name = "comptoir.roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.ui import navigation

        for label, name, roles, order in (
            (_("My hours"), "roster:my-hours", frozenset({"professional"}), 22),
            (_("Roster"), "roster:professionals", frozenset({"team_lead"}), 40),
        ):
            navigation.register(navigation.Entry(label, name, roles, order))
