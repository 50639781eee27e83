"""The single window's registration with Django."""

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "comptoir.enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from comptoir.enquiries.queries import messages
        from comptoir.notices import kinds

        for kind in messages.KINDS:
            kinds.register(kind)
