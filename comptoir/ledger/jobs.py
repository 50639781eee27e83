"""Background work of the ledger: its next months are there before anybody needs them."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from comptoir.ledger.actions import partitions
from comptoir.ui import clock

logger = logging.getLogger(__name__)

AHEAD = 2
"""Months after the present one."""


@app.periodic(cron="27 7 * * *")
@app.task(name="ledger.make_months", queueing_lock="ledger.make_months")
def make_months(timestamp: int) -> None:
    """Make the present month and the next two. Running it twice changes nothing."""
    days = [clock.service_date(clock.now())]
    for _ in range(AHEAD):
        days.append(partitions.first_after(days[-1]))
    made = partitions.make_months(days=days)
    if made:
        logger.info("The ledger has new months: %s", ", ".join(made))
