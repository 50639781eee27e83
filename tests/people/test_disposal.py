"""Disposal of what has done its work: notices, invitations, mail files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.notices.models import Notice, Status
from comptoir.people.actions import disposal
from comptoir.people.models import Invitation, Role
from tests.notices.factories import NoticeFactory
from tests.people.factories import InvitationFactory, OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

BOUND = datetime(2024, 11, 22, 7, 41, tzinfo=UTC)
"""What was used last before this goes."""

NOW = BOUND + timedelta(days=731)
INSTANT = timedelta(microseconds=1)
BEFORE = BOUND - INSTANT


def closed(**values: Any) -> Notice:
    return NoticeFactory.create(**{"status": Status.SENT, "closed_at": BEFORE, **values})


def of_notices(**values: Any) -> int:
    return disposal.dispose_of_notices_before(before=BOUND, by=None, now=NOW, **values)


def of_invitations(**values: Any) -> int:
    return disposal.dispose_of_invitations_before(before=BOUND, by=None, now=NOW, **values)


# --- Notices ---


@pytest.mark.parametrize("status", [Status.SENT, Status.SKIPPED, Status.LATE, Status.FAILED])
def test_a_notice_goes_once_it_was_closed_before_the_bound(status: Status) -> None:
    closed(status=status)
    at_the_bound = closed(status=status, closed_at=BOUND)

    assert of_notices() == 1

    assert list(Notice.objects.all()) == [at_the_bound]


def test_a_notice_that_waits_stays_however_old() -> None:
    old = BOUND - timedelta(days=900)
    waiting = NoticeFactory.create(queued_at=old, send_after=old)

    assert of_notices() == 0

    assert list(Notice.objects.all()) == [waiting]


def test_notices_of_a_held_office_stay_and_those_of_no_office_go() -> None:
    held = closed(office_id=7)
    closed(office_id=8)
    closed(office_id=None)

    assert of_notices(held={7}) == 2

    assert list(Notice.objects.all()) == [held]


def test_notices_go_in_transactions_that_each_say_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disposal, "BATCH", 2)
    for _ in range(5):
        closed()

    assert of_notices() == 5

    events = Event.objects.filter(action="notices.disposed").order_by("pk")
    assert [event.detail for event in events] == [{"rows": 2}, {"rows": 2}, {"rows": 1}]
    assert {(event.actor_id, event.object_type, event.object_id) for event in events} == {
        (None, "notices.Notice", "")
    }


# --- Invitations ---


def invitation(**values: Any) -> Invitation:
    times = {"invited_at": BOUND - timedelta(days=20), "expires_at": BOUND + timedelta(days=1)}
    return InvitationFactory.create(**{**times, **values})


def test_an_invitation_goes_after_it_was_accepted_withdrawn_or_ran_out() -> None:
    invitation(expires_at=BEFORE)
    invitation(withdrawn_at=BEFORE)
    invitation(accepted_at=BEFORE, accepted_by=PersonFactory.create())
    kept = [
        invitation(expires_at=BOUND),
        invitation(withdrawn_at=BOUND),
        invitation(accepted_at=BOUND, accepted_by=PersonFactory.create()),
    ]

    assert of_invitations() == 3

    assert list(Invitation.objects.order_by("pk")) == kept
    event = Event.objects.get(action="people.invitations_disposed")
    assert event.detail == {"rows": 3}


def test_one_accepted_late_counts_from_its_acceptance_not_from_its_date() -> None:
    kept = invitation(
        expires_at=BEFORE, accepted_at=BOUND + INSTANT, accepted_by=PersonFactory.create()
    )

    assert of_invitations() == 0

    assert list(Invitation.objects.all()) == [kept]


def test_invitations_of_a_held_office_stay_and_those_of_the_centre_go() -> None:
    office = OfficeFactory.create()
    held = invitation(office=office, expires_at=BEFORE)
    invitation(office=None, role=Role.TEAM_LEAD, expires_at=BEFORE)

    assert of_invitations(held={office.pk}) == 1

    assert list(Invitation.objects.all()) == [held]


# --- Mail files ---


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def mail_file(folder: Path, at: datetime, suffix: str = "eml") -> Path:
    path = folder / f"{int(at.timestamp()) * 1_000_000_000:020d}-0123abcd.{suffix}"
    path.write_text("To: somebody")
    return path


def test_mail_files_go_and_only_those_that_are_ours(folder: Path) -> None:
    day = timedelta(days=1)
    mail_file(folder, BOUND - day)
    mail_file(folder, BOUND - day, "draft")
    kept = [mail_file(folder, BOUND + day), folder / "notes.txt", folder / "00-aa.eml"]
    for path in kept:
        path.touch()

    gone = disposal.dispose_of_mail_files_before(before=BOUND, by=None, now=NOW)

    assert gone == 2
    assert sorted(folder.iterdir()) == sorted(kept)
    assert Event.objects.get(action="notices.mail_files_disposed").detail == {"files": 2}


def test_without_a_folder_there_is_nothing_to_do(folder: Path, settings: Any) -> None:
    settings.EMAIL_FILE_PATH = str(folder / "missing")

    assert disposal.dispose_of_mail_files_before(before=BOUND, by=None, now=NOW) == 0


# --- On record, and only then ---


def test_when_nothing_is_due_nothing_is_on_record() -> None:
    closed(closed_at=BOUND)
    invitation(expires_at=BOUND)

    assert (of_notices(), of_invitations()) == (0, 0)

    assert not Event.objects.exists()
