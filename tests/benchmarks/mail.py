"""Taking in mail: how long ten thousand take, whether every total reconciles, and the parts of one mail's time.

The mails lie in a maildir when a worker begins; it is killed at ten random points and followed by
another. What becomes of each is known before (`tests.enquiries.mail_load`). Beside it, in this process and
without kills: reading alone, and keeping and deciding, mail by mail.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from comptoir.enquiries import mail_reading
from comptoir.enquiries.actions import keeping, mailing
from comptoir.enquiries.gateway.imap import Lying
from comptoir.enquiries.models import InboundMail
from comptoir.ui import clock
from tests.benchmarks import figures
from tests.enquiries import mail_load
from tests.enquiries.mail_writing import QUESTIONS, line

DELIVERIES, KILLS, ALONE = 10_000, 10, 500
DAY = 10_000 / (8 * 3600)
"""Mails a second of a whole day's that come in eight hours."""

BURST = 20 * DAY
"""Aim, ours: twenty times that, so that a night's mail is decided in the first half hour."""


def main() -> None:
    """Measure and print; totals that do not reconcile are no figure."""
    line()
    load = mail_load.make(DELIVERIES)
    print(
        f"{len(load.deliveries):,} deliveries of {load.distinct:,} mails, {KILLS} kills,"
        f" {os.cpu_count()} cores\n"
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        seconds = _worked(Path(name), load)
    wrong = mail_load.differences(load)
    if wrong:
        raise SystemExit("the totals do not reconcile: " + "; ".join(wrong))
    print("Every total reconciles: nothing lost, nothing twice, nothing answered twice.\n")
    rows = [(name, _milliseconds(times)) for name, times in _alone().items()]
    print(figures.table(("one mail, ms", "median and 95th of a hundred"), rows), "\n")
    rate = len(load.deliveries) / seconds
    print(figures.aim("mails a second, kills and starts included", rate, least=BURST))


def _worked(folder: Path, load: mail_load.Load) -> float:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir()
    for number, raw in enumerate(load.deliveries):
        (folder / "new" / f"{number:08}.load").write_bytes(raw)
    worker = mail_load.Worker({"COMPTOIR_MAIL_ANSWERS_DOMAIN": "1000000"}, folder)
    begin = time.perf_counter()
    with mail_load.working(worker):
        mail_load.kill_at_random(worker, load, KILLS, lambda: mail_load.is_decided(load))
        took = time.perf_counter() - begin
    left = len(list((folder / "new").iterdir()))
    if left > 1:
        raise SystemExit(f"{left} mails were left in new/")
    return took


def _alone() -> dict[str, list[float]]:
    """Seconds of each part, mail by mail, over mails that nobody has seen."""
    raws = mail_load.make(ALONE, seed=2).deliveries
    reading, keeping_, deciding = list[float](), list[float](), list[float]()
    for number, raw in enumerate(raws):
        reading.append(_seconds(partial(mail_reading.read, raw)))
        lying = Lying(f"alone.{number}", None, len(raw), raw.replace(b"load.example", b"x.example"))
        keep = partial(keeping.keep, mailbox=QUESTIONS, lying=lying, now=clock.now())
        keeping_.append(_seconds(keep))
    for key in InboundMail.objects.pending().values_list("pk", flat=True):
        deciding.append(_seconds(partial(mailing.decide, mail_id=key, now=clock.now())))
    return {"reading": reading, "keeping (with reading)": keeping_, "deciding": deciding}


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _milliseconds(times: list[float]) -> str:
    return f"{1000 * median(times):.1f}, {1000 * quantiles(times, n=20)[-1]:.1f}"
