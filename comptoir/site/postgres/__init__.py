"""The PostgreSQL that comes with the product, for a house that has none (ADR 0003).

`location()` says where the server listens without starting anything; `acquire()` starts it, or
joins it, and keeps it up for as long as this process lives; `release()` lets go and waits for a
clean stop. Nothing here is used when `DATABASE_URL` names a server. Standard library only: the
keeper, a process of its own, imports these modules and must stay small.
"""

from comptoir.site.postgres.address import database_settings, is_embedded
from comptoir.site.postgres.folders import Location, location
from comptoir.site.postgres.presence import acquire, is_up, release
from comptoir.site.postgres.server import ServerError
from comptoir.site.state import kept_secret, state_folder

__all__ = [
    "Location",
    "ServerError",
    "acquire",
    "database_settings",
    "is_embedded",
    "is_up",
    "kept_secret",
    "location",
    "release",
    "state_folder",
]
