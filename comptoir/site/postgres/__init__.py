"""The PostgreSQL that comes with the product, for a house that has none (ADR 0003).

`location()` says where the server listens without starting anything; `acquire()` starts it, or
joins it, and keeps it up for as long as this process lives; `release()` lets go and waits for a
clean stop. Nothing here is used when `DATABASE_URL` names a server. Standard library only: the
keeper, a process of its own, imports these modules and must stay small.
"""

from comptoir.site.postgres.folders import Location, is_embedded, location, state_folder
from comptoir.site.postgres.presence import acquire, release
from comptoir.site.postgres.server import ServerError

__all__ = [
    "Location",
    "ServerError",
    "acquire",
    "is_embedded",
    "location",
    "release",
    "state_folder",
]
