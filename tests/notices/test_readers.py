"""Who reads a notice, settled when it is sent: people come and go while it waits."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.notices import actions, gateway, jobs, kinds
from comptoir.notices.kinds import Reader
from comptoir.notices.models import Notice, Status
from comptoir.ui import clock
from tests.notices.conftest import Fact
from tests.notices.factories import NOON, NoticeFactory
from tests.notices.mail_server import Gate, MailServer

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def reader(name: str, language: str = "en", time_zone: str = "America/Toronto") -> Reader:
    return Reader(address=f"{name}@offices.example", language=language, time_zone=time_zone)


ADA, BEN, CLEO = (reader(name) for name in ("ada", "ben", "cleo"))


class Readers(list[Reader]):
    """Whoever a test says reads it; remembers that it was asked."""

    asked = 0

    def __call__(self, notice: Notice, now: datetime) -> list[Reader]:
        self.asked += 1
        return list(self)


@pytest.fixture
def readers(fact: Fact, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Those of a registered kind, "test.read", that looks for them at sending."""
    found = Readers([ADA])
    kind = kinds.Kind("test.read", "liaison/notices/reminder", context=fact, readers=found)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    return found


def waiting(subject_id: int = 12, *, due: datetime = NOON) -> Notice:
    """A notice of that kind as rooms queue it: to nobody yet."""
    message = actions.Message(
        kind="test.read",
        subject_id=subject_id,
        version=0,
        send_after=due,
        useless_after=due + timedelta(days=1),
        office_id=7,
    )
    actions.queue_all([message], now=due)
    return Notice.objects.get(subject_id=subject_id, address="")


def deliver(notice: Notice, *, at: timedelta = timedelta()) -> Status | None:
    with gateway.mailbox() as mailbox:
        return actions.deliver(notice_id=notice.pk, mailbox=mailbox, now=NOON + at)


def deliver_all(*, at: timedelta = timedelta()) -> None:
    """Round after round, as the worker does, until nothing is due."""
    while due := list(Notice.objects.due(NOON + at).order_by("pk")):
        for notice in due:
            deliver(notice, at=at)


def ledger() -> dict[str, str]:
    return dict(Notice.objects.values_list("address", "status"))


def test_a_notice_goes_to_its_reader_of_the_moment_in_their_language_and_on_their_clock(
    readers: Readers, mail_server: MailServer
) -> None:
    notice = waiting()
    readers[:] = [reader("elise", "fr", "America/Vancouver")]

    assert deliver(notice) == Status.SENT

    (received,) = mail_server.accepted
    assert received["To"] == "elise@offices.example"
    assert "heure de Vancouver" in received["Subject"]


def test_the_ledger_records_to_whom_it_went(readers: Readers, mail_server: MailServer) -> None:
    notice = waiting()
    assert (notice.address, notice.language, notice.time_zone) == ("", "", "")

    deliver(notice)

    notice.refresh_from_db()
    assert (notice.address, notice.status) == (ADA.address, Status.SENT)
    assert (notice.language, notice.time_zone) == ("en", "America/Toronto")


def test_nothing_can_be_recorded_as_sent_to_nobody(readers: Readers) -> None:
    notice = waiting()

    with pytest.raises(IntegrityError, match="notice_sent_to_somebody"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(status=Status.SENT, closed_at=NOON)


def test_what_nobody_is_left_to_read_is_not_sent(readers: Readers, mail_server: MailServer) -> None:
    notice = waiting()
    readers.clear()

    assert deliver(notice) == Status.SKIPPED

    assert mail_server.accepted == []
    notice.refresh_from_db()
    assert (notice.closed_at, notice.problem) == (NOON, "Nobody is left to read it.")


def test_several_readers_get_a_message_each_and_see_nobody_else(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN, CLEO]
    waiting()

    deliver_all()

    assert [message["To"] for message in mail_server.accepted] == [
        r.address for r in (ADA, BEN, CLEO)
    ]
    assert set(ledger().values()) == {Status.SENT}
    assert len({message["Message-ID"] for message in mail_server.accepted}) == 3


def test_a_copy_is_of_the_same_fact_and_as_useless_as_late(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN]
    first = waiting()

    deliver(first)

    copy = Notice.objects.get(address=BEN.address)
    for field in ("kind", "subject_id", "version", "office_id", "send_after", "useless_after"):
        assert getattr(copy, field) == getattr(first, field)


def test_a_reader_whose_mailbox_refuses_keeps_it_from_nobody_else(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN, CLEO]
    mail_server.recipient_answers = {ADA.address: "550 Gone", BEN.address: "452 Full"}
    waiting()

    for notice in [*Notice.objects.all()]:
        deliver(notice)
    for notice in [*Notice.objects.due(NOON)]:
        deliver(notice)

    assert mail_server.readers == [CLEO.address]
    assert ledger() == {
        ADA.address: Status.FAILED,
        BEN.address: Status.QUEUED,
        CLEO.address: Status.SENT,
    }


def test_what_a_mailbox_refuses_for_good_goes_to_whoever_reads_it_instead(
    readers: Readers, mail_server: MailServer
) -> None:
    mail_server.recipient_answers[ADA.address] = "550 Gone"
    waiting()
    readers[:] = [ADA, BEN]  # the second is asked for once the first was tried
    first = Notice.objects.get()
    Notice.objects.filter(pk=first.pk).update(address=ADA.address)

    deliver_all()
    deliver_all()

    assert mail_server.readers == [BEN.address]
    assert ledger() == {ADA.address: Status.FAILED, BEN.address: Status.SENT}


def test_a_message_that_every_mailbox_refuses_is_not_carried_from_door_to_door(
    readers: Readers, mail_server: MailServer
) -> None:
    mail_server.data_answer = "554 Not this message"
    waiting()
    deliver_all()
    readers[:] = [ADA, BEN, CLEO]

    for _ in range(3):
        deliver_all()

    assert ledger() == {ADA.address: Status.FAILED}


def test_a_failure_names_the_address_it_concerns(readers: Readers, mail_server: MailServer) -> None:
    mail_server.recipient_answers[ADA.address] = "550 Gone"
    notice = waiting()

    deliver(notice)

    notice.refresh_from_db()
    assert (notice.address, notice.problem) == (ADA.address, "550 Gone")


def test_a_second_try_looks_again_who_reads_it(readers: Readers, mail_server: MailServer) -> None:
    mail_server.recipient_answers[ADA.address] = "452 Full"
    notice = waiting()
    deliver(notice)
    readers[:] = [BEN, CLEO]

    deliver_all(at=MINUTE)

    assert mail_server.readers == [BEN.address, CLEO.address]
    assert ledger() == {BEN.address: Status.SENT, CLEO.address: Status.SENT}


def test_a_second_try_reads_the_language_and_the_zone_again(
    readers: Readers, mail_server: MailServer
) -> None:
    mail_server.recipient_answers[ADA.address] = "452 Full"
    notice = waiting()
    deliver(notice)
    mail_server.recipient_answers.clear()
    readers[:] = [reader("ada", "fr", "America/Vancouver")]

    deliver(notice, at=MINUTE)

    assert "heure de Vancouver" in mail_server.accepted[0]["Subject"]


def test_somebody_who_comes_later_is_not_told_what_another_was(
    readers: Readers, mail_server: MailServer
) -> None:
    mail_server.recipient_answers[BEN.address] = "452 Full"
    readers[:] = [ADA, BEN]
    waiting()
    deliver_all()
    readers[:] = [CLEO, ADA, BEN]
    mail_server.recipient_answers.clear()

    deliver_all(at=MINUTE)

    assert mail_server.readers == [ADA.address, BEN.address]


def test_a_reader_who_comes_back_is_told_once_in_the_place_of_everybody(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN]
    mail_server.recipient_answers = {r.address: "452 Full" for r in readers}
    waiting()
    deliver_all()
    readers[:] = [CLEO]

    deliver_all(at=MINUTE)

    assert mail_server.readers == [CLEO.address]
    assert sorted(Notice.objects.values_list("status", flat=True)) == ["sent", "skipped"]


def test_a_fact_queued_again_is_told_to_nobody_twice(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN]
    waiting()
    deliver_all()

    waiting()
    deliver_all()

    assert mail_server.readers == [ADA.address, BEN.address]
    assert ledger() == {ADA.address: Status.SENT, BEN.address: Status.SENT, "": Status.SKIPPED}


def test_a_notice_that_comes_too_late_looks_for_nobody(
    readers: Readers, mail_server: MailServer
) -> None:
    notice = waiting()

    assert deliver(notice, at=timedelta(days=2)) == Status.LATE

    assert readers.asked == 0
    assert Notice.objects.count() == 1


def test_a_bug_in_looking_for_readers_is_a_problem_of_that_notice(
    readers: Readers, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(notice: Notice, now: datetime) -> list[Reader]:
        raise ZeroDivisionError

    kind = kinds.Kind("test.read", "liaison/notices/reminder", context=lambda n: {}, readers=broken)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    notice = waiting()

    assert deliver(notice) == Status.QUEUED

    notice.refresh_from_db()
    assert notice.problem.startswith("ZeroDivisionError")


@pytest.mark.django_db(transaction=True)
def test_the_worker_delivers_the_copies_it_has_just_made_without_waiting_for_the_minute(
    readers: Readers, mail_server: MailServer
) -> None:
    readers[:] = [ADA, BEN]
    waiting(due=clock.now())

    for _ in range(2):  # the second round is the one the first has woken a worker for
        assert ProcrastinateJob.objects.filter(task_name=actions.DELIVER, status="todo").exists()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        jobs.deliver_due()

    assert mail_server.readers == [ADA.address, BEN.address]


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_two_notices_of_one_fact_to_nobody_twice(
    readers: Readers, mail_server: MailServer
) -> None:
    """Both have lost their reader, and both would take the same new one: the key lets one have it."""
    readers[:] = [CLEO]
    notices = [
        NoticeFactory.create(kind="test.read", subject_id=12, address=f"{name}@offices.example")
        for name in ("gone", "left")
    ]
    gate = mail_server.gate_before_data = Gate()
    answers: list[Status | None] = []

    def first_worker() -> None:
        answers.append(deliver(notices[0]))
        connection.close()

    first = threading.Thread(target=first_worker)
    first.start()
    assert gate.reached.wait(10)
    answers.append(deliver(notices[1]))
    gate.opened.set()
    first.join(10)

    assert answers == [Status.SKIPPED, Status.SENT]
    assert mail_server.readers == [CLEO.address]
