"""The kill switch: everything waits, nothing is lost, and what has become useless is not sent after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.notices import actions, gateway, kinds, queries
from comptoir.notices.models import Notice, Status, Switch
from tests.notices import letters
from tests.notices.conftest import Fact
from tests.notices.factories import NOON, NoticeFactory
from tests.notices.mail_server import MailServer

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@dataclass
class Lead:
    name: str = "Lea Tanaka"


def deliver(notice: Notice, *, at: timedelta = timedelta()) -> Status | None:
    with gateway.mailbox() as mailbox:
        return actions.deliver(notice_id=notice.pk, mailbox=mailbox, now=NOON + at)


def test_while_stopped_nothing_is_sent_and_everything_waits(
    fact: Fact, mail_server: MailServer
) -> None:
    notice = NoticeFactory.create()
    actions.stop(by=Lead(), reason="Wrong times in mails", now=NOON)

    assert deliver(notice) is None

    assert mail_server.accepted == []
    notice.refresh_from_db()
    assert (notice.status, notice.began_at, notice.attempts) == (Status.QUEUED, None, 0)


def test_once_resumed_what_is_still_useful_is_sent_and_the_rest_is_not(
    fact: Fact, mail_server: MailServer
) -> None:
    useful = NoticeFactory.create()
    useless = NoticeFactory.create(useless_after=NOON + HOUR)
    actions.stop(by=Lead(), reason="Wrong times in mails", now=NOON)

    actions.resume(by=Lead(), now=NOON + 2 * HOUR)

    assert deliver(useful, at=2 * HOUR) == Status.SENT
    assert deliver(useless, at=2 * HOUR) == Status.LATE
    assert mail_server.readers == [useful.address]


@pytest.mark.django_db(transaction=True)
def test_resuming_starts_the_sending_at_once() -> None:
    actions.stop(by=Lead(), reason="Wrong times in mails", now=NOON)

    actions.resume(by=Lead(), now=NOON + HOUR)

    assert ProcrastinateJob.objects.filter(task_name=actions.DELIVER).count() == 1


def test_the_switch_remembers_who_when_and_why() -> None:
    actions.stop(by=Lead(), reason="Wrong times in mails", now=NOON)
    actions.resume(by=Lead("Noor Diaz"), now=NOON + HOUR)

    switch = Switch.objects.get()
    assert (switch.stopped_by_name, switch.stopped_at) == ("Lea Tanaka", NOON)
    assert (switch.resumed_by_name, switch.resumed_at) == ("Noor Diaz", NOON + HOUR)
    assert switch.reason == "Wrong times in mails"
    assert queries.open_switch() is None


def test_what_is_stopped_cannot_be_stopped_again_nor_what_runs_resumed() -> None:
    with pytest.raises(actions.NotStopped):
        actions.resume(by=Lead(), now=NOON)
    actions.stop(by=Lead(), reason="One", now=NOON)

    with pytest.raises(actions.AlreadyStopped):
        actions.stop(by=Lead(), reason="Two", now=NOON)

    assert Switch.objects.get().reason == "One"


@pytest.mark.parametrize(("waits", "sent"), [(True, 0), (False, 1)])
def test_codes_for_signing_in_do_not_wait_or_nobody_could_lift_the_switch(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, waits: bool, sent: int
) -> None:
    kind = kinds.Kind("test.secret", "liaison/notices/reminder", waits=waits)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    actions.stop(by=Lead(), reason="Wrong times in mails", now=NOON)

    try:
        actions.send_now(
            kind=kind.name,
            address="lea@centre.example",
            language="en",
            time_zone="America/Toronto",
            context=letters.facts(),
            now=NOON,
        )
    except actions.Stopped:
        assert waits

    assert len(mail_server.accepted) == sent


def test_the_standing_counts_what_waits_what_is_overdue_and_what_failed() -> None:
    NoticeFactory.create()
    NoticeFactory.create(send_after=NOON + HOUR)
    NoticeFactory.create(status=Status.FAILED, closed_at=NOON)
    NoticeFactory.create(status=Status.SENT, closed_at=NOON)

    standing = queries.standing(NOON)

    assert (standing.waiting, standing.overdue, standing.failed) == (2, 1, 1)
    assert standing.stopped is None


def test_the_ledger_is_read_newest_first_through_its_filters() -> None:
    old = NoticeFactory.create(office_id=7)
    new = NoticeFactory.create(
        office_id=8, kind="other", status=Status.SENT, closed_at=NOON, address="Elise@x.example"
    )

    assert list(queries.ledger()) == [new, old]
    assert list(queries.ledger(status=Status.QUEUED)) == [old]
    assert list(queries.ledger(kind="other")) == [new]
    assert list(queries.ledger(office_id=7)) == [old]
    assert list(queries.ledger(address="elise@X.example")) == [new]
    assert list(queries.ledger(kind="other", office_id=7)) == []
