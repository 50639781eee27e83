"""A real worker in a process of its own, with a kind to tell and a quicker timetable.

Started by `test_killed_worker`; its database and mail server come by environment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any


def main() -> None:
    import django

    django.setup()

    from django.core.management import call_command
    from procrastinate.contrib.django import app

    from comptoir.notices import actions, jobs, kinds
    from tests.notices import letters

    kinds.register(
        kinds.Kind("test.fact", "liaison/notices/reminder", context=lambda notice: letters.facts())
    )
    actions.LEASE = timedelta(seconds=1)
    round_of_each_minute: Any = jobs.deliver_each_minute
    app.periodic(cron="* * * * * *", periodic_id="quick")(round_of_each_minute)
    call_command("procrastinate", "worker")


if __name__ == "__main__":
    main()
