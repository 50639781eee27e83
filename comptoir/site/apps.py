"""The site room's registration with Django, for its one command."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "comptoir.site"
