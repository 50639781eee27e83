"""Files that belong to an enquiry: whose they are, who agreed, what the scanner said, what became of them."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.domain.documents import MOST_BYTES, FileType
from comptoir.enquiries.models.enquiries import Enquiry, Message
from comptoir.people.models import Person


class DocumentKind(models.TextChoices):
    """What a document is for."""

    CONSENT = "consent", _("Consent of the client")
    IDENTITY = "identity", _("Proof of identity")
    FORM = "form", _("Application form")
    PROOF = "proof", _("Proof or letter in support")
    OTHER = "other", _("Something else")


class Scan(models.TextChoices):
    """What is known of a document's harm. What was not scanned is neither clean nor infected."""

    WAITING = "waiting", _("Being scanned")
    CLEAN = "clean", _("Scanned, nothing found")
    INFECTED = "infected", _("Infected, kept apart")
    NOT_SCANNED = "not_scanned", _("Not scanned")


class WhyNotScanned(models.TextChoices):
    """Why nobody knows."""

    OFF = "off", _("There is no scanner")
    UNREACHABLE = "unreachable", _("The scanner did not answer")
    LIMITS = "limits", _("Too much for the scanner to look through")
    LOCKED = "locked", _("Locked with a password")
    SEALED = "sealed", _("The key that opens it is not among those in use")


class Identifier(models.TextChoices):
    """By what somebody made sure that a document belongs to the person of the enquiry."""

    NAME = "name", _("Full name")
    BORN_ON = "born_on", _("Date of birth")
    UCI = "uci", _("Client number (UCI)")
    APPLICATION = "application", _("Application number")


LEAST_IDENTIFIERS = 2


class ConsentHow(models.TextChoices):
    """How the client agreed: always in writing."""

    SIGNED = "signed", _("Signed form")
    EMAIL = "email", _("E-mail from the client’s own address")
    ACCOUNT = "account", _("In the client’s account")


class UndoWhy(models.TextChoices):
    """Why a document was taken back."""

    WRONG_PERSON = "wrong_person", _("It belongs to somebody else")
    WRONG_FILE = "wrong_file", _("It is the wrong file")
    OTHER = "other", _("Something else")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Filters over documents."""

    def kept(self) -> DocumentQuerySet:
        """Those that nobody has taken back."""
        return self.filter(undone_at=None)


class Document(models.Model):
    """A file of an enquiry, without its content: that stands in a table of its own, under lock.

    What staff add on behalf of a client has the client's consent and at least two identifiers that were
    checked; what the asker sends needs neither.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="documents")
    message = models.ForeignKey(
        Message,
        null=True,
        on_delete=models.PROTECT,
        related_name="documents",
        help_text="The text with which the asker sent it.",
    )
    kind = models.CharField(max_length=10, choices=DocumentKind)
    name = models.CharField(max_length=100, help_text="Cleaned; the ending is that of its type.")
    content_type = models.CharField(
        max_length=80, choices=[(each.value, each.name) for each in FileType]
    )
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: the asker."
    )
    due_at = models.DateTimeField(help_text="By when it is filed.")

    scan = models.CharField(max_length=15, choices=Scan, default=Scan.WAITING)
    scanned_at = models.DateTimeField(null=True)
    why_not_scanned = models.CharField(max_length=15, choices=WhyNotScanned, blank=True)
    signature = models.CharField(max_length=200, blank=True, help_text="What the scanner found.")

    consent_by = models.CharField(max_length=200, blank=True)
    consent_how = models.CharField(max_length=10, choices=ConsentHow, blank=True)
    consent_on = models.DateField(null=True)
    consent_scope = models.CharField(max_length=300, blank=True)
    identifiers = ArrayField(
        models.CharField(max_length=15, choices=Identifier), default=list, blank=True
    )

    filed_at = models.DateTimeField(null=True)
    filed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    undone_why = models.CharField(max_length=15, choices=UndoWhy, blank=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=MOST_BYTES), name="document_size"
            ),
            models.CheckConstraint(
                condition=Q(uploaded_by=None)
                | (
                    Q(consent_on__isnull=False, identifiers__len__gte=LEAST_IDENTIFIERS)
                    & ~Q(consent_by="")
                    & ~Q(consent_how="")
                    & ~Q(consent_scope="")
                ),
                name="document_on_behalf_has_consent",
            ),
            models.CheckConstraint(
                condition=Q(scan="waiting", scanned_at=None)
                | (~Q(scan="waiting") & Q(scanned_at__isnull=False)),
                name="document_scanned_at",
            ),
            models.CheckConstraint(
                condition=Q(scan="not_scanned") & ~Q(why_not_scanned="")
                | ~Q(scan="not_scanned") & Q(why_not_scanned=""),
                name="document_why_not_scanned",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None, filed_by=None)
                | Q(filed_at__isnull=False, filed_by__isnull=False, undone_at=None),
                name="document_filed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_why="", undone_reason="")
                | (
                    Q(undone_at__isnull=False, undone_by__isnull=False)
                    & ~Q(undone_why="")
                    & ~Q(undone_reason="")
                ),
                name="document_undone_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["enquiry", "sha256"],
                condition=Q(undone_at=None),
                name="document_once_in_an_enquiry",
            ),
        ]
        indexes = [
            models.Index(fields=["enquiry", "uploaded_at"], name="document_of_enquiry"),
            models.Index(
                fields=["uploaded_at"],
                condition=Q(scan__in=["waiting", "not_scanned"], undone_at=None),
                name="document_to_scan",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.kind} {self.pk}"

    @property
    def was_undone(self) -> bool:
        return self.undone_at is not None

    def is_late(self, now: datetime) -> bool:
        """Whether it should have been filed by now."""
        return self.filed_at is None and self.undone_at is None and self.due_at < now


class DocumentContent(models.Model):
    """The bytes of a document, under lock. Never changed; deleted when it is taken back or disposed of."""

    document = models.OneToOneField(
        Document, primary_key=True, on_delete=models.PROTECT, related_name="content"
    )
    sealed = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.document_id)
