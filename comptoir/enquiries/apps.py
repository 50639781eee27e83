"""The single window's registration with Django, the menu and the notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnquiriesConfig(AppConfig):
    name = "comptoir.enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.enquiries.dealings import enquiries
        from comptoir.enquiries.queries import infection_messages, messages, sunset_messages
        from comptoir.notices import kinds
        from comptoir.people import ask_page, dealings

        ask_page.register("enquiries:ask")
        dealings.register("enquiries", enquiries)

        for kind in (*messages.KINDS, *sunset_messages.KINDS, *infection_messages.KINDS):
            kinds.register(kind)
        _put_in_the_menu()


def _put_in_the_menu() -> None:
    from comptoir.ui import navigation

    works = frozenset({"agent", "team_lead"})
    navigation.register(navigation.Entry(_("Enquiries"), "enquiries:work", works, 24))
    reads = frozenset({"agent", "team_lead", "privacy_officer", "professional"})
    referrals = navigation.Entry(
        _("Referrals"), "enquiries:referrals", reads, 26, ("/restricted/",)
    )
    navigation.register(referrals)
    keepers = frozenset({"team_lead", "policy_owner"})
    navigation.register(
        navigation.Entry(_("Lines and rules"), "enquiries:crisis", keepers, 81, ("/lines/",))
    )
    leads = frozenset({"team_lead"})
    navigation.register(navigation.Entry(_("Mail set aside"), "enquiries:mails", leads, 28))
