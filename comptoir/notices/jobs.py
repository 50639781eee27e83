"""Background work: delivering what is due, and keeping the job queue itself in health."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from comptoir.notices import actions, gateway, queries
from comptoir.ui import clock

logger = logging.getLogger(__name__)

BATCH = 500
"""How many notices one run takes on."""

RUN = timedelta(seconds=50)
"""How long one run goes on; the next begins within the minute."""

MOST_TRIES = 5
"""A job that lost its worker after this many tries is given up: it may be what kills the workers."""

KEPT = timedelta(days=7)
"""How long a finished job is kept."""

MOST_DELETED = 20_000
"""How many finished jobs one tidying deletes."""


@app.task(name=actions.DELIVER)
def deliver() -> None:
    """Deliver what is due; deferred as soon as something is to be told at once."""
    deliver_due()


@app.periodic(cron="* * * * *")
@app.task(name="notices.deliver_each_minute", queueing_lock="notices.deliver_each_minute")
def deliver_each_minute(timestamp: int) -> None:
    """Deliver what is due: reminders, what had to wait, what a dead worker dropped."""
    deliver_due()


def deliver_due() -> None:
    """Deliver what is due, the longest due first, over one connection to the mail server."""
    start = clock.now()
    if queries.open_switch() is not None:
        return
    waiting = queries.due(start, limit=BATCH)
    if not waiting:
        return
    with gateway.mailbox() as mailbox:
        for notice_id in waiting:
            now = clock.now()
            if now - start > RUN:
                return
            try:
                actions.deliver(notice_id=notice_id, mailbox=mailbox, now=now)
            except gateway.Unreachable as problem:
                logger.warning("The mail server takes nothing now: %s", problem)
                return


@app.periodic(cron="* * * * *")
@app.task(name="notices.rescue_stalled_jobs", queueing_lock="notices.rescue_stalled_jobs")
async def rescue_stalled_jobs(timestamp: int) -> None:
    """Put the jobs of dead workers back in the queue, of every room; a few times, then give up."""
    for job in await app.job_manager.get_stalled_jobs():
        if job.id is None:
            continue
        if job.attempts < MOST_TRIES:
            await app.job_manager.retry_job(job)
            continue
        logger.error("Job %s (%s) lost its worker too often: given up.", job.id, job.task_name)
        await app.job_manager.finish_job_by_id_async(
            job_id=job.id, status=Status.FAILED, delete_job=False
        )


@app.periodic(cron="23 8 * * *")
@app.task(name="notices.tidy_jobs", queueing_lock="notices.tidy_jobs")
def tidy_jobs(timestamp: int) -> None:
    """Delete finished jobs, and let the planner know: fetching a job is slow on stale statistics."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs WHERE id IN (
                SELECT job.id FROM procrastinate_jobs job
                WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
                AND NOT EXISTS (
                    SELECT FROM procrastinate_events event
                    WHERE event.job_id = job.id AND event.at > %s
                )
                ORDER BY job.id LIMIT %s
            )
            """,
            [clock.now() - KEPT, MOST_DELETED],
        )
        cursor.execute("ANALYZE procrastinate_jobs")
