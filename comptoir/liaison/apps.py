"""The liaison room's registration with Django, the menu and the notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiaisonConfig(AppConfig):
    name = "comptoir.liaison"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.liaison.queries import booked, messages
        from comptoir.notices import kinds
        from comptoir.roster import gateway
        from comptoir.ui import navigation

        gateway.register(gateway.Bookings(booked=booked.masks, affected_page="liaison:affected"))

        for kind in messages.KINDS:
            kinds.register(kind)
        office = frozenset({"delegate", "office_manager"})
        everybody = office | {
            "professional",
            "team_lead",
            "policy_owner",
            "auditor",
            "administrator",
        }
        for label, name, roles, order in (
            (_("My office"), "liaison:my-office", office, 10),
            (_("My day"), "liaison:day", frozenset({"professional"}), 20),
            (_("Follow-ups"), "liaison:follow-ups", frozenset({"professional", "team_lead"}), 25),
            (_("Board"), "liaison:board", frozenset({"team_lead"}), 30),
            (_("Sharing rule"), "liaison:rule", everybody, 80),
        ):
            navigation.register(navigation.Entry(label, name, roles, order))
