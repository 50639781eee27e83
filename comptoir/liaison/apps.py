"""The liaison room's registration with Django, the menu and the notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiaisonConfig(AppConfig):
    name = "comptoir.liaison"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.liaison.dealings import appointments
        from comptoir.liaison.queries import (
            booked,
            handing_over,
            messages,
            offices,
            waiting_messages,
        )
        from comptoir.notices import kinds
        from comptoir.people import commitments, dealings, office_home
        from comptoir.roster import gateway

        gateway.register(
            gateway.Bookings(
                booked=booked.masks,
                booked_on=booked.count_on,
                affected_page="liaison:affected",
                unattended_page="liaison:affected-on",
                hand_over_page="liaison:hand-over-of",
            )
        )

        office_home.register("liaison:office")
        commitments.register(offices.count_coming)
        dealings.register("liaison", appointments)
        commitments.register_duties(handing_over.count_to_do)
        for kind in (*messages.KINDS, *waiting_messages.KINDS):
            kinds.register(kind)
        _put_in_the_menu()


def _put_in_the_menu() -> None:
    from comptoir.ui import navigation

    office = frozenset({"delegate", "office_manager"})
    everybody = office | {
        "professional",
        "team_lead",
        "policy_owner",
        "auditor",
        "administrator",
    }
    professional, lead = frozenset({"professional"}), frozenset({"team_lead"})
    oversight = frozenset({"team_lead", "policy_owner", "auditor"})
    entry = navigation.Entry
    appointments, sharing = navigation.APPOINTMENTS, navigation.SHARING
    for place in (
        entry(_("My office"), "liaison:my-office", office, 10, ("/offices/", "/appointments/")),
        entry(_("My day"), "liaison:day", professional, 20, group=appointments),
        entry(_("Board"), "liaison:board", lead, 22, group=appointments),
        entry(_("Follow-ups"), "liaison:follow-ups", professional | lead, 25, group=appointments),
        entry(_("Given up late"), "liaison:flags", lead, 27, ("/reliability/",), appointments),
        entry(_("Sharing rule"), "liaison:rule", everybody, 80, ("/guide/sharing/",), sharing),
        entry(_("Decisions"), "liaison:decisions", oversight, 82, group=sharing),
        entry(_("Pilots"), "liaison:pilots", oversight, 84, group=sharing),
        entry(_("Scorecard"), "liaison:scorecard", oversight, 85, group=sharing),
    ):
        navigation.register(place)
