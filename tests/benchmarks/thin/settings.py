"""The product's settings, with the bare project's middleware and one view."""

from comptoir.site.settings import *  # noqa: F403 - all of them
from tests.benchmarks.bare.settings import MIDDLEWARE as USUAL

# django-allauth refuses to start without its own.
MIDDLEWARE = [*USUAL, "allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "tests.benchmarks.thin.urls"
