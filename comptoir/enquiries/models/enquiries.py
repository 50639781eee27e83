"""What was asked, by whom, about whose case, where it stands, and every text that went to and fro."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.lines import Line
from comptoir.enquiries.models.names import NameWords, asked_for
from comptoir.people.models import Grant, Language, Office, Person, Role, sort_key
from comptoir.roster.models import LineOfBusiness


class Channel(models.TextChoices):
    """How it came."""

    WEB_FORM = "web_form", _("Web form")
    EMAIL = "email", _("E-mail")
    TELEPHONE = "telephone", _("Telephone")
    LETTER = "letter", _("Letter")


class AskerKind(models.TextChoices):
    """Who asks."""

    CLIENT = "client", _("The client")
    REPRESENTATIVE = "representative", _("A representative of the client")
    OFFICE = "office", _("A legislator’s office")


class Topic(models.TextChoices):
    """Why somebody writes."""

    STATUS = "status", _("Where an application stands")
    CONTACT = "contact", _("A change of address or other details")
    REPRESENTATIVE = "representative", _("A representative")
    DOCUMENT = "document", _("A document to add")
    URGENT = "urgent", _("Urgent processing")
    WITHDRAW = "withdraw", _("To withdraw an application")
    RESCHEDULE = "reschedule", _("To change the date of an interview or test")
    TECHNICAL = "technical", _("A technical problem")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    """Where an enquiry stands."""

    WAITING = "waiting", _("Waiting for an agent")
    IN_HAND = "in_hand", _("With an agent")
    ON_HOLD = "on_hold", _("Waiting for the client")
    ANSWERED = "answered", _("Answered")
    JOINED = "joined", _("Part of another enquiry")


OPEN_STATES = (State.WAITING, State.IN_HAND, State.ON_HOLD)
"""Of these the centre still owes an answer."""


class Priority(models.IntegerChoices):
    """How much of a start an enquiry has before others (`HEAD_START`)."""

    USUAL = 0, _("Usual")
    HIGH = 1, _("High")
    URGENT = 2, _("Urgent")


HEAD_START = {
    Priority.USUAL: timedelta(0),
    Priority.HIGH: timedelta(days=7),
    Priority.URGENT: timedelta(days=60),
}
"""An enquiry is taken before all that came up to so much earlier (ours).

A start, not a place before everybody: whatever comes later, the oldest is once the first. So nothing
waits for ever, however many urgent ones come.
"""


class Tier(models.IntegerChoices):
    """What answering took: with the line of business, the wrap-up code."""

    GENERAL = 1, _("General")
    CASE = 2, _("About a case, nothing to do")
    ACTION = 3, _("About a case, something to do")


LINE_OF_BUSINESS_DIGITS = {
    LineOfBusiness.FAMILY: "01",
    LineOfBusiness.EXPRESS_ENTRY: "02",
    LineOfBusiness.STUDY: "03",
    LineOfBusiness.WORK: "04",
    LineOfBusiness.VISITOR: "05",
    LineOfBusiness.PR_CARD: "06",
    LineOfBusiness.REFUGEE: "07",
    LineOfBusiness.CITIZENSHIP: "08",
    LineOfBusiness.OTHER: "99",
}
"""The first two digits of a wrap-up code (ours: the real ones are not public)."""


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Filters over enquiries."""

    def open(self) -> EnquiryQuerySet:
        """Those that still owe an answer."""
        return self.filter(state__in=OPEN_STATES)

    def in_order(self) -> EnquiryQuerySet:
        """The order of work (`ranked_at`)."""
        return self.order_by("ranked_at", "pk")

    def received_since(self, at: datetime) -> EnquiryQuerySet:
        return self.filter(received_at__gte=at)

    def named(self, text: str) -> EnquiryQuerySet:
        """Those whose asker or applicant has all of these words in their name; none without a word."""
        wanted = asked_for(text)
        if wanted is None:
            return self.none()
        return self.alias(names=NameWords("asker_name", "applicant_name")).filter(names=wanted)

    def unrestricted(self) -> EnquiryQuerySet:
        """What lists, searches, counts and exports show; nothing else ever stands in one."""
        return self.filter(is_restricted=False)

    def readable_by(self, person: Person, now: datetime) -> EnquiryQuerySet:
        """What one who answers enquiries may read one by one: the unrestricted, and what they opened."""
        opened = Enquiry.objects.opened_by(person, now).values("pk")
        return self.filter(Q(is_restricted=False) | Q(pk__in=opened))

    def opened_by(self, person: Person, now: datetime) -> EnquiryQuerySet:
        """Restricted ones that the person is named for, has opened for a reason, and may still read."""
        opened = Enquiry.objects.filter(
            named__person=person,
            named__ended_at=None,
            openings__person=person,
            openings__until__gt=now,
        )
        return self.filter(is_restricted=True, pk__in=opened.values("pk"))

    def openable_by(self, person: Person, now: datetime) -> EnquiryQuerySet:
        """Restricted ones that the person may open: who is named, and of a breach every privacy officer."""
        officer = Grant.objects.in_force(now).filter(person=person, role=Role.PRIVACY_OFFICER)
        named = Enquiry.objects.filter(named__person=person, named__ended_at=None)
        breaches = Enquiry.objects.filter(Exists(officer), referrals__kind="breach")
        openable = Q(pk__in=named.values("pk")) | Q(pk__in=breaches.values("pk"))
        return self.filter(openable, is_restricted=True)


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class Enquiry(models.Model):
    """Something a client asked, whatever the channel, until it is answered."""

    reference = models.CharField(max_length=12, unique=True, help_text="Told to whoever asked.")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="enquiries")
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=2, choices=Language, help_text="Of the answer.")
    received_at = models.DateTimeField()
    received_on = models.DateField(help_text="The date in the service's zone.")

    asker_kind = models.CharField(max_length=15, choices=AskerKind)
    asker_name = models.CharField(max_length=200, blank=True)
    asker_email = models.EmailField(blank=True, help_text="In small letters.")
    office = models.ForeignKey(
        Office, null=True, on_delete=models.PROTECT, related_name="enquiries"
    )
    appointment = models.CharField(
        max_length=12, blank=True, help_text="The reference of the appointment it follows."
    )

    applicant_name = models.CharField(max_length=200, blank=True)
    applicant_born_on = models.DateField(null=True)
    uci = models.CharField(max_length=10, blank=True, help_text="8 or 10 digits.")
    application_number = models.CharField(max_length=10, blank=True)
    line_of_business = models.CharField(max_length=20, choices=LineOfBusiness)
    topic = models.CharField(max_length=15, choices=Topic)
    subject = models.CharField(max_length=200, blank=True, help_text="Of a mail, as it came.")

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.USUAL)
    ranked_at = models.DateTimeField(
        help_text="When it came, less the head start of its priority: the order of work."
    )
    skills = ArrayField(
        models.CharField(max_length=30), default=list, help_text="What an agent must know."
    )
    is_unmatched = models.BooleanField(
        default=False, help_text="No rule of triage knew it: somebody looks at it by hand."
    )
    is_restricted = models.BooleanField(
        default=False, help_text="Seen only by those who are named for it."
    )
    assignee = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="enquiries"
    )
    taken_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(
        default=0, help_text="Rises with each change; a write names the one it has seen."
    )
    tier = models.PositiveSmallIntegerField(choices=Tier, null=True)
    answered_at = models.DateTimeField(null=True)
    joined_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="joined"
    )
    duplicates = models.PositiveSmallIntegerField(
        default=0, help_text="How often the same was asked again."
    )
    disposed_at = models.DateTimeField(
        null=True, help_text="When what was known of anybody went for good."
    )

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="in_hand") & Q(assignee__isnull=False, taken_at__isnull=False))
                | ~Q(state="in_hand"),
                name="enquiry_in_hand_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", assignee=None, taken_at=None) | ~Q(state="waiting"),
                name="enquiry_waiting_is_nobodys",
            ),
            models.CheckConstraint(
                condition=(Q(state="answered") & Q(answered_at__isnull=False, tier__isnull=False))
                | (~Q(state="answered") & Q(answered_at=None)),
                name="enquiry_answered_has_code",
            ),
            models.CheckConstraint(
                condition=(Q(state="joined") & Q(joined_to__isnull=False))
                | (~Q(state="joined") & Q(joined_to=None)),
                name="enquiry_joined_to_another",
            ),
            models.CheckConstraint(
                condition=Q(asker_kind="office", office__isnull=False) | ~Q(asker_kind="office"),
                name="enquiry_of_an_office_names_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ranked_at", "id"],
                condition=Q(state="waiting"),
                name="enquiry_to_take",
            ),
            models.Index(
                fields=["line", "language", "ranked_at", "id"],
                condition=Q(state="waiting"),
                name="enquiry_waiting_on_line",
            ),
            models.Index(
                fields=["assignee", "ranked_at", "id"],
                condition=Q(state__in=["in_hand", "on_hold"]),
                name="enquiry_of_agent",
            ),
            models.Index(fields=["asker_email", "-received_at"], name="enquiry_of_asker"),
            GinIndex(NameWords("asker_name", "applicant_name"), name="enquiry_by_name"),
            models.Index(fields=["-received_at", "-id"], name="enquiry_newest"),
            models.Index(
                fields=["line", "state", "-received_at", "-id"], name="enquiry_newest_of_line"
            ),
            models.Index(fields=["state", "-received_at", "-id"], name="enquiry_newest_in_state"),
            models.Index(
                fields=["application_number", "-received_at"],
                condition=~Q(application_number=""),
                name="enquiry_of_application",
            ),
            models.Index(
                fields=["uci", "-received_at"], condition=~Q(uci=""), name="enquiry_of_client"
            ),
            models.Index(
                fields=["ranked_at", "id"],
                condition=Q(is_unmatched=True, state__in=["waiting", "in_hand", "on_hold"]),
                name="enquiry_to_watch",
            ),
            models.Index(
                fields=["answered_at"],
                condition=Q(answered_at__isnull=False),
                name="enquiry_answered",
            ),
            models.Index(
                fields=["assignee", "-answered_at"],
                condition=Q(answered_at__isnull=False),
                name="enquiry_answered_by",
            ),
            models.Index(
                fields=["assignee", "-received_at", "-id"],
                condition=Q(assignee__isnull=False),
                name="enquiry_newest_of_agent",
            ),
            models.Index(fields=["id"], condition=Q(is_restricted=True), name="enquiry_restricted"),
            models.Index(
                fields=["office", "-received_at"],
                condition=Q(office__isnull=False),
                name="enquiry_of_office",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def applicant_key(self) -> str:
        """By what the applicant is told from others: UCI, else application, else name and birth; "" if
        nobody is named.
        """
        if self.uci or self.application_number:
            return self.uci or self.application_number
        if not self.applicant_name or self.applicant_born_on is None:
            return ""
        named = f"{sort_key(self.applicant_name)} {self.applicant_born_on.isoformat()}"
        return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()

    @property
    def wrap_up_code(self) -> str:
        """Line of business and tier, such as "061"; "" until it is answered."""
        if self.tier is None:
            return ""
        return LINE_OF_BUSINESS_DIGITS[LineOfBusiness(self.line_of_business)] + str(self.tier)


class Direction(models.TextChoices):
    """Which way a text went."""

    IN = "in", _("Received")
    OUT = "out", _("Sent")
    NOTE = "note", _("Note")


class Message(models.Model):
    """One text of an enquiry: what was asked, what was answered, what agents told each other.

    What was sent or received is never changed (a trigger refuses it); disposal blanks the body.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=5, choices=Direction)
    channel = models.CharField(max_length=10, choices=Channel)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language, blank=True)
    body = models.TextField(max_length=100_000)
    attempt = models.UUIDField(
        null=True, unique=True, help_text="The form it came from: sent twice, it is received once."
    )
    is_case_specific = models.BooleanField(
        default=False, help_text="Read only after the code that is mailed to the asker."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="in", by=None)
                | Q(direction="out")
                | Q(direction="note", by__isnull=False),
                name="message_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["enquiry", "at", "id"], name="message_of_enquiry")]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.direction} {self.at:%Y-%m-%d %H:%M}"
