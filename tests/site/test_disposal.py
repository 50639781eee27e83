"""The nightly disposal of the whole house: its settings, its legal hold, its command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from comptoir.audit.models import Event
from comptoir.liaison.models import CaseLine
from comptoir.notices.models import Notice, Status
from comptoir.people.models import Invitation
from comptoir.site import disposal, jobs
from comptoir.site.management.commands.dispose import BAD_HOLD
from comptoir.ui import clock
from tests.liaison.factories import AppointmentFactory
from tests.notices.factories import NoticeFactory
from tests.people.factories import InvitationFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.LEGAL_HOLD = []


def one_of_each(used_at: datetime) -> Any:
    """One of everything that is disposed of, last used then; the office they are about."""
    appointment = AppointmentFactory.create()
    appointment.starts_at, appointment.ends_at = used_at - DAY / 24, used_at
    appointment.save()
    closed = {"status": Status.SENT, "closed_at": used_at, "office_id": appointment.office_id}
    Notice.objects.all().delete()
    NoticeFactory.create(**closed)
    InvitationFactory.create(
        invited_at=used_at - DAY, expires_at=used_at, office=appointment.office
    )
    name = f"{int(used_at.timestamp()) * 1_000_000_000:020d}-0123abcd.eml"
    Path(str(configured.EMAIL_FILE_PATH), name).write_text("mail")
    return appointment.office


def left() -> tuple[int, ...]:
    files = len(list(Path(str(configured.EMAIL_FILE_PATH)).iterdir()))
    rows = (CaseLine, Notice, Invitation)
    return (*(model._default_manager.count() for model in rows), files)


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("dispose", *arguments, stdout=out)
    return out.getvalue()


def test_what_is_old_enough_goes_in_every_room() -> None:
    one_of_each(clock.now() - 732 * DAY)

    done = disposal.dispose(clock.now())

    assert left() == (0, 0, 0, 0)
    assert done == Counter(appointments=1, cases=1, notices=1, invitations=1, mail_files=1)


@pytest.mark.parametrize(
    ("age", "still_there"),
    [
        (730 * DAY, (1, 1, 0, 0)),
        (364 * DAY, (1, 1, 1, 0)),
        (30 * DAY, (1, 1, 1, 1)),
    ],
)
def test_each_kind_is_kept_as_long_as_its_setting_says(
    age: timedelta, still_there: tuple[int, ...]
) -> None:
    one_of_each(clock.now() - age)

    disposal.dispose(clock.now())

    assert left() == still_there


def test_a_dry_run_counts_what_would_go_and_touches_nothing() -> None:
    one_of_each(clock.now() - 732 * DAY)
    before = left()
    events = Event.objects.count()

    said = told("--dry-run")

    assert left() == before
    assert Event.objects.count() == events
    assert "Due to be disposed of" in said
    for words in ("appointments", "notices", "invitations", "mail files"):
        assert words in said


def test_what_a_dry_run_counts_is_what_goes() -> None:
    one_of_each(clock.now() - 732 * DAY)
    now = clock.now()

    due = disposal.due(now)
    done = disposal.dispose(now)

    assert due == Counter({name: done[name] for name in due})
    assert disposal.due(now) == Counter()


def test_the_command_says_what_went() -> None:
    one_of_each(clock.now() - 732 * DAY)

    assert "Disposed of:" in told()

    assert told() == "Disposed of: nothing.\n"


def test_the_nightly_job_disposes() -> None:
    one_of_each(clock.now() - 732 * DAY)

    jobs.dispose(timestamp=0)

    assert left() == (0, 0, 0, 0)


# --- Legal hold ---


def test_what_is_about_a_held_office_stays_and_files_with_it(settings: Any) -> None:
    """A file does not say whose office it is about, so files stay while anything is held."""
    office = one_of_each(clock.now() - 732 * DAY)
    settings.LEGAL_HOLD = [office.reference]

    said = told()

    assert left() == (1, 1, 1, 1)
    assert "1 office" in said


def test_a_hold_on_everything_stops_all_disposal(settings: Any) -> None:
    one_of_each(clock.now() - 732 * DAY)
    before = left()
    settings.LEGAL_HOLD = ["all"]

    said = told()
    jobs.dispose(timestamp=0)

    assert left() == before
    assert "Everything is under legal hold" in said


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_a_hold_with_a_slip_in_it_stops_all_disposal(
    settings: Any, arguments: tuple[str, ...]
) -> None:
    office = one_of_each(clock.now() - 732 * DAY)
    before = left()
    settings.LEGAL_HOLD = [office.reference, "mp-typo"]

    with pytest.raises(CommandError, match="mp-typo") as refused:
        told(*arguments)
    with pytest.raises(disposal.UnknownHold):
        jobs.dispose(timestamp=0)

    assert left() == before
    assert refused.value.returncode == BAD_HOLD


@pytest.mark.parametrize("variable", ["COMPTOIR_KEEP_CASES_DAYS", "COMPTOIR_KEEP_NOTICES_DAYS"])
def test_less_than_two_years_is_refused_at_the_start(variable: str) -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import comptoir.site.settings"],
        env={**os.environ, variable: "730"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert f"{variable}='730'" in started.stderr
    assert "at least 731" in started.stderr
