"""What offices looked for, and what they were offered: how much they would have used had there been more."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from comptoir.people.models import Language, Office


class Search(models.Model):
    """One look at the list of times, or one time that could not be kept. Append-only, without a name.

    Who asked is not kept: what an office needs can be told without it. Kept as long as decisions are.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="searches")
    at = models.DateTimeField()
    quanta = models.PositiveSmallIntegerField(help_text="The length looked for.")
    language = models.CharField(max_length=2, choices=Language)
    first = models.DateField(help_text="The first service day looked at.")
    last = models.DateField(help_text="The last one.")
    starts_at = models.DateTimeField(
        null=True, help_text="The one time that could not be kept; empty for a look at the list."
    )
    of_class = models.CharField(
        max_length=10, blank=True, help_text="The nested class of the refusal, if there are any."
    )
    reason = models.CharField(
        max_length=30, blank=True, help_text="Why nothing was offered; empty when something was."
    )
    offered = models.PositiveIntegerField(help_text="How many times to begin were offered.")
    offered_on = ArrayField(
        models.DateField(), default=list, help_text="The days on which there was any."
    )
    third_at = models.DateTimeField(
        null=True, help_text="The third soonest of them, if there were three."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="search_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(reason="", of_class="") | Q(offered=0), name="search_offered_or_refused"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "at"], name="search_office_at"),
            models.Index(fields=["at"], name="search_at"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.at:%Y-%m-%d %H:%M}"
