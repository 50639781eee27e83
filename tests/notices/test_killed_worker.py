"""A real worker process, killed with no chance to say anything, and its successor."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

from comptoir.notices import actions, jobs
from comptoir.notices.models import Notice, Status
from comptoir.ui import clock
from tests.notices.conftest import Fact
from tests.notices.mail_server import Gate, MailServer

ROOT = Path(__file__).parent.parent.parent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Worker = subprocess.Popen[bytes]


def database_url() -> str:
    """The test database, for another process."""
    own = connection.settings_dict
    place = {"host": own["HOST"], "port": own["PORT"]}
    options = urlencode({name: value for name, value in place.items() if value})
    return f"postgresql://{own['USER']}:{own['PASSWORD']}@/{own['NAME']}?{options}"


@pytest.fixture
def start_worker(mail_server: MailServer) -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "comptoir.site.settings",
        "DATABASE_URL": database_url(),
        "COMPTOIR_SMTP_HOST": "127.0.0.1",
        "COMPTOIR_SMTP_PORT": str(mail_server.port),
    }

    def start() -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.notices.worker_program"], cwd=ROOT, env=environment
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait(30)


def queue_one() -> None:
    now = clock.now()
    actions.queue(
        kind="test.fact",
        subject_id=1,
        version=0,
        address="reader@offices.example",
        language="fr",
        time_zone="America/Toronto",
        send_after=now,
        useless_after=now + timedelta(days=1),
        now=now,
    )


def end(worker: Worker) -> None:
    """Let it finish what it is doing, and go."""
    worker.terminate()
    assert worker.wait(30) == 0


def test_a_worker_killed_in_the_middle_of_a_message_is_followed_by_one_that_sends_it_once(
    fact: Fact, mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    gate = mail_server.gate_before_data = Gate()
    queue_one()
    first = start_worker()
    assert gate.reached.wait(30)
    first.kill()
    first.wait(30)
    mail_server.gate_before_data = None
    gate.opened.set()

    second = start_worker()

    assert mail_server.wait_for(1)
    end(second)
    jobs.deliver_due()
    assert mail_server.readers == ["reader@offices.example"]
    notice = Notice.objects.get()
    assert (notice.status, notice.interruptions) == (Status.SENT, 1)


def test_a_message_sent_twice_over_a_crash_is_recognised_as_one(
    fact: Fact, mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    """The server has taken it and the worker dies before it hears so: nobody can know. It goes
    again, rather than never, under the same Message-ID, which mail programs show once."""
    gate = mail_server.gate_after_data = Gate()
    queue_one()
    first = start_worker()
    assert gate.reached.wait(30)
    first.kill()
    first.wait(30)
    mail_server.gate_after_data = None
    gate.opened.set()

    second = start_worker()

    assert mail_server.wait_for(2)
    end(second)
    assert len({message["Message-ID"] for message in mail_server.accepted}) == 1
    assert len(mail_server.accepted) == 2
