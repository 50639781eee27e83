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

    works, leads = frozenset({"agent", "team_lead"}), frozenset({"team_lead"})
    reads = frozenset({"agent", "team_lead", "privacy_officer", "professional"})
    keepers = frozenset({"team_lead", "policy_owner"})
    entry, group = navigation.Entry, navigation.ENQUIRIES
    for place in (
        entry(_("Enquiries"), "enquiries:work", works, 24, group=group),
        entry(_("Referrals"), "enquiries:referrals", reads, 26, ("/restricted/",), group),
        entry(_("Mail set aside"), "enquiries:mails", leads, 28, group=group),
        entry(_("Lines and rules"), "enquiries:crisis", keepers, 81, ("/lines/",)),
    ):
        navigation.register(place)
