"""The people room's registration with Django, with the notices and with the menu."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "comptoir.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # These modules read models, so they load once Django has them.
        from comptoir.notices import kinds
        from comptoir.people.queries import notices

        templates = "people/notices"
        kinds.register(
            kinds.Kind(
                "people.invitation",
                f"{templates}/invitation",
                context=notices.invitation,
                label=_("Invitation to join"),
            )
        )
        for code in ("sign_in_code", "unlock_code"):
            kinds.register(kinds.Kind(f"people.{code}", f"{templates}/{code}", waits=False))
        _register_menu()


def _register_menu() -> None:
    from comptoir.people.models import Role
    from comptoir.ui.navigation import MESSAGES, Entry, register

    administrator = frozenset({Role.ADMINISTRATOR})
    register(Entry(_("People"), "people:people", administrator, 60))
    register(Entry(_("Offices"), "people:offices", administrator, 62))
    register(Entry(_("Who has access"), "people:my-offices", frozenset({Role.OFFICE_MANAGER}), 12))
    leads = frozenset({Role.TEAM_LEAD, Role.ADMINISTRATOR})
    register(Entry(_("Notices"), "people:notices", leads, 66, group=MESSAGES))
    register(
        Entry(_("Audit trail"), "people:trail", frozenset({Role.AUDITOR, Role.ADMINISTRATOR}), 70)
    )
