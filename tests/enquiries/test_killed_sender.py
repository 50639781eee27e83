"""A real worker that is killed with an answer in its hands, and its successor.

Before the server has the answer nothing has left. After it, and before our commit, nobody can know: the
answer goes again, rather than never, under the same Message-ID, by which mail servers and programs know
it, and its row says that it was interrupted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from comptoir.enquiries import jobs
from comptoir.enquiries.models import OutboundMail, SendingStatus
from comptoir.site.postgres import processes
from tests.enquiries.mail_load import ROOT
from tests.enquiries.mail_writing import ASKER
from tests.enquiries.test_sending import waiting
from tests.notices.mail_server import Gate, MailServer
from tests.notices.test_killed_worker import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PATIENCE = 60.0
Worker = subprocess.Popen[bytes]


@pytest.fixture
def start_worker(smtp: MailServer) -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "comptoir.site.settings",
        "DATABASE_URL": database_url(),
        "COMPTOIR_SMTP_HOST": "127.0.0.1",
        "COMPTOIR_SMTP_PORT": str(smtp.port),
    }

    def start() -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.enquiries.sending_worker"], cwd=ROOT, env=environment
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait(PATIENCE)


@contextmanager
def killed_at(gate: Gate, start: Callable[[], Worker]) -> Iterator[None]:
    """A worker that died while the server held its mail at this gate; the gate opens at the end."""
    worker = start()
    assert gate.reached.wait(PATIENCE)
    worker.kill()
    worker.wait(PATIENCE)
    yield
    gate.opened.set()


def sent() -> OutboundMail:
    """The only answer, once its row says that it left."""
    left = OutboundMail.objects.filter(status=SendingStatus.SENT)
    assert processes.until(left.exists, seconds=PATIENCE)
    return left.get()


def test_before_the_server_has_the_answer_it_goes_once(
    smtp: MailServer, start_worker: Callable[[], Worker]
) -> None:
    gate = smtp.gate_before_data = Gate()
    waiting()
    with killed_at(gate, start_worker):
        smtp.gate_before_data = None

    start_worker()

    assert sent().interruptions == 1
    jobs.send_due()
    assert smtp.readers == [ASKER]


def test_after_the_server_has_the_answer_it_goes_again_as_the_same_mail_and_says_so(
    smtp: MailServer, start_worker: Callable[[], Worker]
) -> None:
    gate = smtp.gate_after_data = Gate()
    queued = waiting()
    with killed_at(gate, start_worker):
        smtp.gate_after_data = None
        queued.refresh_from_db()
        assert (queued.status, len(smtp.accepted)) == (SendingStatus.QUEUED, 1)
        assert queued.began_at is not None

    start_worker()

    found = sent()
    assert (found.interruptions, found.problem) == (1, "")
    jobs.send_due()
    first, second = smtp.accepted
    assert first["Message-ID"] == second["Message-ID"] == found.sent_as
    assert first.get_content() == second.get_content()
    assert smtp.readers == [ASKER, ASKER]
