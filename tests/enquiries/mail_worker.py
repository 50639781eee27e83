"""A real worker in a process of its own that does nothing but take in mail, round after round.

Its database and mailboxes come by environment; a maildir by argument. Ended by being killed.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from tests.servers.fixtures import MAILBOXES


def main(arguments: list[str]) -> None:
    import django

    django.setup()

    from django.db import OperationalError

    from comptoir.enquiries import jobs
    from comptoir.enquiries.actions import collecting
    from comptoir.enquiries.gateway.maildir import Maildir
    from comptoir.ui import clock

    while True:
        # A round that the database had no time for is a failed job, and the next round goes on: here
        # as with a real worker, however busy the machine is.
        with suppress(OperationalError):
            for folder in arguments:
                collecting.collect_maildir(
                    maildir=Maildir(Path(folder)), mailbox=MAILBOXES[0], clock=clock.now
                )
            jobs.collect_and_decide()


if __name__ == "__main__":
    main(sys.argv[1:])
