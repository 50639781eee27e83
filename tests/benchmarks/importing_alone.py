"""Import one file of records and say how many megabytes that took at the most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def main() -> None:
    """Join the house that the environment names, import, print."""
    import django

    from comptoir.site import postgres

    postgres.acquire()
    try:
        django.setup()
        from comptoir.ledger.actions import importing
        from comptoir.ui import clock
        from tests.benchmarks import records

        importing.import_file(
            path=Path(sys.argv[1]), mapping=records.MAPPING, by=None, now=clock.now()
        )
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    finally:
        from django.db import connections

        connections.close_all()
        postgres.release()


if __name__ == "__main__":
    main()
