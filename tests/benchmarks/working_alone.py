"""One process's part of a working day: reads a plan as JSON, writes what was done as JSON."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Join the house that the environment names, work, print."""
    import django

    from comptoir.site import postgres

    postgres.acquire()
    try:
        django.setup()
        from tests.enquiries.working_day import Day, Plan

        done = Day(Plan(**json.load(sys.stdin))).run()
        json.dump(done.as_json(), sys.stdout)
    finally:
        from django.db import connections

        connections.close_all()
        postgres.release()


if __name__ == "__main__":
    main()
