"""The waiting list: what offices wait for, and the time that is offered to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.domain.grid import QUANTUM, QUANTUM_MINUTES
from comptoir.liaison.models.appointments import Appointment, Mode
from comptoir.liaison.models.policy import Policy
from comptoir.liaison.models.sharing import Decision
from comptoir.people.models import Language, Office, Person
from comptoir.roster.models import OfferedHours


class EntryEnd(models.TextChoices):
    """How an entry of the waiting list ended."""

    BOOKED = "booked", _("Booked")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    IN_VAIN = "in_vain", _("Nothing came free")
    UNANSWERED = "unanswered", _("Offers were not answered")
    OFFICE_ENDED = "office_ended", _("The office is no longer active")


class Opening(models.Model):
    """How a new day of the horizon was opened: what was asked for in its first hour, granted by lot.

    `orders` are the offices (by key) as they were drawn for each round; with the seed and the entries the
    whole can be computed again. Until the row is there nobody books on the day.
    """

    on = models.DateField(unique=True)
    opened_at = models.DateTimeField()
    seed = models.BigIntegerField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    orders: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class WaitingEntryQuerySet(models.QuerySet["WaitingEntry"]):
    """Filters over the waiting list."""

    def live(self) -> WaitingEntryQuerySet:
        return self.filter(ended_at=None)

    def of_opening(self) -> WaitingEntryQuerySet:
        """Those that wait for the lot of a day that opens."""
        return self.live().filter(rank__isnull=False, opening=None)

    def after_opening(self) -> WaitingEntryQuerySet:
        """Those that wait for what comes free: a wish that was not granted is one of them."""
        return self.live().filter(Q(rank=None) | Q(opening__isnull=False))


class WaitingEntry(models.Model):
    """What one office waits for: time on one of some days, and all that a booking of it needs.

    What is needed for the booking only (the cases and how to meet) is kept while it waits and no longer.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="waiting_entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    first_on = models.DateField(help_text="The first service day it would take.")
    last_on = models.DateField(help_text="The last one.")
    from_time = models.TimeField(help_text="On the clock of the office, each day.")
    until_time = models.TimeField()
    least_quanta = models.PositiveSmallIntegerField()
    most_quanta = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=Language)
    least_notice_minutes = models.PositiveSmallIntegerField()
    auto_accept = models.BooleanField(help_text="It is booked without being asked first.")
    first = models.BooleanField(
        default=False, help_text="Served first: the centre had cancelled what the office had."
    )
    mode = models.CharField(max_length=10, choices=Mode)
    telephone = models.CharField(max_length=30, blank=True)
    video_link = models.URLField(max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField(
        null=True,
        help_text="Of a wish for a day that opens: its place among those of the office.",
    )
    opening = models.ForeignKey(
        Opening, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    in_round = models.PositiveSmallIntegerField(
        null=True, help_text="The round of the opening that answered it."
    )
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="+", help_text="Its answer."
    )
    cases: models.JSONField[Any, Any] = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=EntryEnd, blank=True)
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on"), until_time__gt=F("from_time")),
                name="waiting_entry_periods",
            ),
            models.CheckConstraint(
                condition=Q(least_quanta__gte=1, most_quanta__gte=F("least_quanta")),
                name="waiting_entry_lengths",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | (Q(ended_at__isnull=False, telephone="", video_link="", cases=[]) & ~Q(end="")),
                name="waiting_entry_forgets",
            ),
            models.CheckConstraint(
                condition=Q(rank=None, opening=None) | Q(rank__gte=1, first_on=F("last_on")),
                name="waiting_entry_of_opening",
            ),
            models.UniqueConstraint(
                fields=["office", "first_on", "rank"],
                condition=Q(rank__isnull=False, opening=None, ended_at=None),
                name="waiting_entry_rank_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_on", "first_on"],
                condition=Q(ended_at=None),
                name="waiting_entry_live",
            ),
            models.Index(fields=["office", "filed_at"], name="waiting_entry_office"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.first_on} – {self.last_on}"

    @property
    def least_minutes(self) -> int:
        return self.least_quanta * QUANTUM_MINUTES

    @property
    def most_minutes(self) -> int:
        return self.most_quanta * QUANTUM_MINUTES


class Answer(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted; it will be drawn")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Not answered in time")
    LOST = "lost", _("Gone to another office")
    WITHDRAWN = "withdrawn", _("Withdrawn")


PENDING_ANSWERS = (Answer.OPEN, Answer.ACCEPTED)


class Offer(models.Model):
    """Time that came free and is kept for an office that waits, until it answers or the offer ends.

    Offered `together` it is kept for several, and goes to one drawn of those who accept. It is kept a
    little longer than it can be accepted: what nobody took goes to the next who waits.
    """

    entry = models.ForeignKey(WaitingEntry, on_delete=models.PROTECT, related_name="offers")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    hours = models.ForeignKey(OfferedHours, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    quanta = models.PositiveSmallIntegerField()
    mask = models.BigIntegerField()
    together = models.BooleanField()
    automatic = models.BooleanField(help_text="It is booked by the next round.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    kept_until = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(answer__in=["open", "accepted"]),
                name="offer_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kept_until__gte=F("expires_at"), expires_at__gt=F("made_at")),
                name="offer_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hours"],
                condition=Q(answer__in=["open", "accepted"]),
                name="offer_pending_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        """When what is offered would end."""
        return self.starts_at + self.quanta * QUANTUM

    @property
    def minutes(self) -> int:
        return self.quanta * QUANTUM_MINUTES
