"""A real worker in a process of its own that does nothing but send answers, round after round.

Its database and mail server come by environment. Ended by being killed.
"""

from __future__ import annotations

from datetime import timedelta


def main() -> None:
    import django

    django.setup()

    from comptoir.enquiries import jobs
    from comptoir.notices import actions as notices

    notices.LEASE = timedelta(seconds=1)
    while True:
        jobs.send_due()


if __name__ == "__main__":
    main()
