"""Delivery over real SMTP: once, if still true, in time; and what becomes of what cannot go."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.notices import actions, gateway, kinds, rendering
from comptoir.notices.models import Notice, Status
from tests.notices import letters
from tests.notices.conftest import Fact
from tests.notices.factories import NOON, NoticeFactory
from tests.notices.mail_server import Gate, MailServer

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def deliver(notice: Notice, *, at: timedelta = timedelta()) -> Status | None:
    with gateway.mailbox() as mailbox:
        return actions.deliver(notice_id=notice.pk, mailbox=mailbox, now=NOON + at)


def test_a_due_notice_arrives_and_is_recorded(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create(address="elise@offices.example", language="fr")

    assert deliver(notice) == Status.SENT

    (received,) = mail_server.accepted
    assert received["To"] == "elise@offices.example"
    assert received["Subject"].startswith("Rappel de rendez-vous : mardi 15 décembre 2026 à 13 h")
    notice.refresh_from_db()
    assert (notice.status, notice.closed_at) == (Status.SENT, NOON)
    assert notice.message_id == received["Message-ID"] == rendering.message_id(notice)
    assert notice.began_at is None


def test_a_notice_delivered_again_is_not_sent_again(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create()

    answers = [deliver(notice), deliver(notice), deliver(notice, at=timedelta(hours=1))]

    assert answers == [Status.SENT, None, None]
    assert len(mail_server.accepted) == 1


def test_what_is_no_longer_true_is_not_sent(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create()
    fact.still_true = False

    assert deliver(notice) == Status.SKIPPED

    assert mail_server.accepted == []
    notice.refresh_from_db()
    assert (notice.status, notice.closed_at) == (Status.SKIPPED, NOON)


def test_the_state_is_read_when_it_is_sent_not_when_it_was_queued(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create()
    fact.says["reference"] = "MOVED-1"

    deliver(notice)

    assert "MOVED-1" in mail_server.accepted[0]["Subject"]


def test_a_reminder_is_not_sent_before_its_time(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create(send_after=NOON + timedelta(hours=20))

    assert deliver(notice, at=timedelta(hours=20) - timedelta(seconds=1)) is None
    assert deliver(notice, at=timedelta(hours=20)) == Status.SENT


def test_a_notice_is_sent_to_the_end_of_its_catch_up_window_and_not_after(
    fact: Fact, mail_server: MailServer
) -> None:
    window = timedelta(hours=1)
    on_time = NoticeFactory.create(useless_after=NOON + window)
    late = NoticeFactory.create(useless_after=NOON + window)

    assert deliver(on_time, at=window) == Status.SENT
    assert deliver(late, at=window + timedelta(seconds=1)) == Status.LATE

    assert mail_server.readers == [on_time.address]
    late.refresh_from_db()
    assert late.status == Status.LATE
    assert fact.asked == 1


def test_an_address_the_server_does_not_know_is_given_up_and_says_why(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create()
    mail_server.recipient_answers[notice.address] = "550 5.1.1 No such mailbox"

    assert deliver(notice) == Status.FAILED

    notice.refresh_from_db()
    assert (notice.status, notice.closed_at) == (Status.FAILED, NOON)
    assert notice.problem == "550 5.1.1 No such mailbox"


def test_a_message_the_server_will_not_have_is_given_up(
    fact: Fact, mail_server: MailServer
) -> None:
    mail_server.data_answer = "554 5.7.1 Refused"
    notice = NoticeFactory.create()

    assert deliver(notice) == Status.FAILED


def test_an_address_that_would_add_readers_is_given_up(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create(address="a@offices.example\nBcc: everybody@offices.example")

    assert deliver(notice) == Status.FAILED
    assert mail_server.accepted == []


def test_a_full_mailbox_is_tried_again_after_a_pause(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create()
    mail_server.recipient_answers[notice.address] = "452 4.2.2 Mailbox full"

    assert deliver(notice) == Status.QUEUED

    notice.refresh_from_db()
    assert (notice.status, notice.attempts, notice.began_at) == (Status.QUEUED, 1, None)
    assert notice.problem == "452 4.2.2 Mailbox full"
    assert deliver(notice, at=MINUTE - timedelta(seconds=1)) is None
    mail_server.recipient_answers.clear()
    assert deliver(notice, at=MINUTE) == Status.SENT


def test_the_pauses_grow_to_an_hour(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create(useless_after=NOON + timedelta(days=30))
    mail_server.recipient_answers[notice.address] = "451 Try later"
    now, pauses = timedelta(), []

    for _ in range(9):
        deliver(notice, at=now)
        notice.refresh_from_db()
        pauses.append((notice.send_after - NOON - now) // MINUTE)
        now = notice.send_after - NOON

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_last_try_is_at_the_end_of_the_window(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create(useless_after=NOON + timedelta(seconds=30))
    mail_server.recipient_answers[notice.address] = "451 Try later"

    deliver(notice)
    notice.refresh_from_db()
    assert notice.send_after == notice.useless_after

    deliver(notice, at=timedelta(seconds=30))
    assert deliver(notice, at=timedelta(days=1)) == Status.LATE
    notice.refresh_from_db()
    assert notice.problem == "451 Try later"


def test_a_server_that_is_away_stops_the_round(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create()
    mail_server.stop()

    with pytest.raises(gateway.Unreachable, match="ConnectionRefusedError"):
        deliver(notice)

    notice.refresh_from_db()
    assert (notice.status, notice.attempts) == (Status.QUEUED, 1)


@pytest.mark.parametrize("answer", ["550 We do not relay for you", "451 Not now"])
def test_a_server_that_refuses_our_sender_is_as_good_as_away(
    fact: Fact, mail_server: MailServer, answer: str
) -> None:
    """Giving up on each reader would lose every message over one mistake in our settings."""
    notice = NoticeFactory.create()
    mail_server.sender_answer = answer

    with pytest.raises(gateway.Unreachable):
        deliver(notice)

    notice.refresh_from_db()
    assert notice.status == Status.QUEUED


def test_a_server_that_is_closing_stops_the_round(fact: Fact, mail_server: MailServer) -> None:
    notice = NoticeFactory.create()
    mail_server.recipient_answers[notice.address] = "421 Closing"

    with pytest.raises(gateway.Unreachable):
        deliver(notice)


def test_a_bug_in_one_kind_is_a_problem_of_that_notice(
    fact: Fact, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    notice = NoticeFactory.create()
    fact.says["constituent"] = "Maria Santos"

    assert deliver(notice) == Status.QUEUED

    notice.refresh_from_db()
    assert notice.problem == "NotSayable: constituent"
    assert "Maria" not in caplog.text
    assert mail_server.accepted == []


def test_a_kind_nobody_registered_waits_for_the_release_that_knows_it(
    mail_server: MailServer,
) -> None:
    notice = NoticeFactory.create(kind="test.unheard_of")

    assert deliver(notice) == Status.QUEUED


def test_several_messages_share_one_connection(fact: Fact, mail_server: MailServer) -> None:
    refused, *others = NoticeFactory.create_batch(4)
    mail_server.recipient_answers[refused.address] = "550 No such mailbox"

    with gateway.mailbox() as mailbox:
        for notice in [refused, *others]:
            actions.deliver(notice_id=notice.pk, mailbox=mailbox, now=NOON)

    assert mail_server.readers == [notice.address for notice in others]
    assert mail_server.connections == 1


def test_a_notice_that_kills_its_worker_each_time_is_given_up(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create()
    now = timedelta()

    for _ in range(actions.MOST_INTERRUPTIONS):
        # A worker that is killed leaves exactly this behind: begun, not ended, nothing locked.
        Notice.objects.filter(pk=notice.pk).update(began_at=NOON + now)
        assert deliver(notice, at=now + actions.LEASE / 2) is None
        now += actions.LEASE
        assert actions._begin(notice.pk, NOON + now) is (_ < actions.MOST_INTERRUPTIONS - 1)

    notice.refresh_from_db()
    assert notice.status == Status.FAILED
    assert mail_server.accepted == []


def test_a_notice_dropped_by_a_dead_worker_is_sent_by_the_next(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create(began_at=NOON - actions.LEASE)

    assert deliver(notice) == Status.SENT

    notice.refresh_from_db()
    assert notice.interruptions == 1


def test_a_notice_that_could_not_be_delivered_may_be_sent_again(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create()
    mail_server.recipient_answers[notice.address] = "550 No such mailbox"
    deliver(notice)
    mail_server.recipient_answers.clear()

    actions.send_again(notice_id=notice.pk, now=NOON + MINUTE)

    assert deliver(notice, at=MINUTE) == Status.SENT
    with pytest.raises(actions.TooLate):
        actions.send_again(notice_id=notice.pk, now=NOON + MINUTE)


def test_a_secret_is_sent_at_once_and_kept_in_no_table(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = kinds.Kind("test.secret", "liaison/notices/reminder")
    monkeypatch.setitem(kinds._kinds, kind.name, kind)

    actions.send_now(
        kind="test.secret",
        address="reader@offices.example",
        language="en",
        time_zone="America/Toronto",
        context=letters.facts(),
        now=NOON,
    )

    assert mail_server.readers == ["reader@offices.example"]
    assert Notice.objects.count() == 0


def test_a_job_that_sends_a_secret_learns_whether_to_try_again(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = kinds.Kind("test.secret", "liaison/notices/reminder")
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    mail_server.recipient_answers = {"full@x.example": "452 Full", "gone@x.example": "550 Gone"}

    def send(address: str) -> None:
        actions.send_now(
            kind=kind.name,
            address=address,
            language="fr",
            time_zone="America/Toronto",
            context=letters.facts(),
            now=NOON,
        )

    with pytest.raises(gateway.TryLater):
        send("full@x.example")
    with pytest.raises(gateway.Refused):
        send("gone@x.example")


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends(fact: Fact, mail_server: MailServer) -> None:
    """The second comes after the first one's mark has run out: only the lock is in its way."""
    notice = NoticeFactory.create()
    gate = mail_server.gate_before_data = Gate()
    answers: list[Status | None] = []

    def first_worker() -> None:
        answers.append(deliver(notice))
        connection.close()

    first = threading.Thread(target=first_worker)
    first.start()
    assert gate.reached.wait(10)
    answers.append(deliver(notice, at=actions.LEASE * 2))
    gate.opened.set()
    first.join(10)

    assert answers == [None, Status.SENT]
    assert len(mail_server.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_over_the_same_notices_send_each_once(
    fact: Fact, mail_server: MailServer
) -> None:
    notices = NoticeFactory.create_batch(12)
    together = threading.Barrier(4)

    def worker() -> None:
        together.wait(10)
        with gateway.mailbox() as mailbox:
            for notice in notices:
                actions.deliver(notice_id=notice.pk, mailbox=mailbox, now=NOON)
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)

    assert sorted(mail_server.readers) == sorted(notice.address for notice in notices)
    assert set(Notice.objects.values_list("status", flat=True)) == {Status.SENT}


@given(
    answers=st.lists(st.sampled_from(["250 OK", "451 Later", "550 Never", "421 Bye"]), max_size=6)
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_the_server_answers_a_notice_arrives_at_most_once_and_then_is_closed(
    fact: Fact, mail_server: MailServer, answers: list[str]
) -> None:
    notice = NoticeFactory.create(useless_after=NOON + timedelta(days=10))
    before = len(mail_server.accepted)

    for number, answer in enumerate([*answers, "250 OK"]):
        mail_server.recipient_answers[notice.address] = answer
        try:
            deliver(notice, at=timedelta(hours=2 * number))
        except gateway.Unreachable:
            assert answer.startswith("421")

    notice.refresh_from_db()
    taken = len(mail_server.accepted) - before
    never_first = next((a for a in answers if a[0] in "25" and "Later" not in a), "250 OK")
    assert taken == (1 if never_first == "250 OK" else 0)
    assert notice.status == (Status.SENT if taken else Status.FAILED)
