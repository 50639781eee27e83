"""The notices room's registration with Django, and with the menu in the demonstration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "comptoir.notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.notices import outbox
        from comptoir.ui import navigation

        if outbox.is_open():
            roles = (
                "delegate office_manager professional team_lead policy_owner auditor administrator"
            )
            everybody = frozenset(roles.split())
            navigation.register(
                navigation.Entry(
                    _("Demonstration mail"),
                    "notices:outbox",
                    everybody,
                    990,
                    group=navigation.MESSAGES,
                )
            )
