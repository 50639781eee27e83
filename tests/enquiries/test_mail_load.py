"""Six hundred deliveries through a real Dovecot, and a worker that is killed meanwhile: totals reconcile."""

from __future__ import annotations

import pytest

from tests.enquiries import mail_load
from tests.enquiries.mail_writing import QUESTIONS, line
from tests.notices.test_killed_worker import database_url
from tests.servers.post_office import PASSWORD, PostOffice

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    # As long as each of its waits may take, on a machine that does much else: it waits for what is
    # done, not for a time, and only a hang ends it.
    pytest.mark.timeout(4 * mail_load.PATIENCE),
]

DELIVERIES, KILLS = 600, 3


def test_nothing_is_lost_and_nothing_answered_twice_while_workers_are_killed(
    post_office: PostOffice,
) -> None:
    line()
    load = mail_load.make(DELIVERIES)
    assert len(load.expected) == len(mail_load.KINDS)
    assert load.distinct < DELIVERIES
    for raw in load.deliveries:
        post_office.deliver(raw, to=QUESTIONS, sender="post@load.example")
    worker = mail_load.Worker(
        {
            "DJANGO_SETTINGS_MODULE": "comptoir.site.settings",
            "DATABASE_URL": database_url(),
            "COMPTOIR_IMAP_HOST": post_office.host,
            "COMPTOIR_IMAP_PORT": str(post_office.imap_port),
            "COMPTOIR_IMAP_SECURITY": "none",
            "COMPTOIR_IMAP_MAILBOXES": QUESTIONS,
            "COMPTOIR_IMAP_PASSWORDS": PASSWORD,
            "COMPTOIR_MAIL_ANSWERS_DOMAIN": "100000",
        }
    )

    with mail_load.working(worker):
        killed = mail_load.kill_at_random(
            worker, load, KILLS, lambda: mail_load.is_decided(load) and is_put_away(post_office)
        )

    assert killed == KILLS
    assert mail_load.differences(load) == []


def is_put_away(office: PostOffice) -> bool:
    """Whether every delivery lies in the folder of what was processed, and none where it came."""
    return (
        office.count(QUESTIONS) == 0 and office.count(QUESTIONS, mail_load.PROCESSED) >= DELIVERIES
    )
