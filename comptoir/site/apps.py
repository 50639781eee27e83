"""The site room's registration with Django, for its one command."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "comptoir.site"

    def ready(self) -> None:
        # Models are loaded by now; who may be signed in as is shown by the room of people.
        from comptoir.demonstration.people import CAST
        from comptoir.people import demonstration

        demonstration.register(part.email for part in CAST)
