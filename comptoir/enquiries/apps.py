"""The single window's registration with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnquiriesConfig(AppConfig):
    name = "comptoir.enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.enquiries.queries import messages
        from comptoir.notices import kinds

        for kind in messages.KINDS:
            kinds.register(kind)
        _put_in_the_menu()


def _put_in_the_menu() -> None:
    from comptoir.ui import navigation

    leads = frozenset({"team_lead"})
    navigation.register(navigation.Entry(_("Mail set aside"), "enquiries:mails", leads, 26))
