"""What the worker would do now: send the codes that wait, and the code in the newest message."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.people import jobs
from comptoir.people.actions import codes


def waiting() -> list[dict[str, Any]]:
    """The arguments of the jobs that send codes, the oldest first."""
    found = ProcrastinateJob.objects.filter(task_name=codes.SEND_CODE).order_by("id")
    return [job.args for job in found]


def code_sent() -> str:
    """Run the newest of these jobs and read the code in the message it sent; "" if it sent none."""
    mail.outbox.clear()
    jobs.send_code(**waiting()[-1])
    if not mail.outbox:
        return ""
    match = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mail.outbox[0].body), re.MULTILINE)
    assert match is not None
    return match[0]
