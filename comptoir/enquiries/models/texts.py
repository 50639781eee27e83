"""Texts that agents send: always in both languages, in versions, and only once a second person approved."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Message, Topic
from comptoir.people.models import Person
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import languages


class TextKind(models.TextChoices):
    """What a text is for."""

    REPLY = "reply", _("Reply")
    HOLDING = "holding", _("Holding reply")
    QUESTION = "question", _("Question to the client")
    ARTICLE = "article", _("Article: what is advised")


class Text(models.Model):
    """A text under one name for all its versions. One that is retired is proposed no more."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=TextKind)
    topic = models.CharField(max_length=15, choices=Topic, blank=True, help_text="Blank: of any.")
    line_of_business = models.CharField(
        max_length=20, choices=LineOfBusiness, blank=True, help_text="Blank: of any."
    )
    is_case_specific = models.BooleanField(
        default=False, help_text="Speaks about a case: sent only once both gates are open."
    )
    retired_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "code"], name="text_kind")]

    def __str__(self) -> str:
        return self.code


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    """Filters over versions."""

    def approved(self) -> TextVersionQuerySet:
        return self.filter(approved_at__isnull=False)

    def in_use(self, at: datetime) -> TextVersionQuerySet:
        """Of each text that is not retired, the newest version approved by then."""
        newest = (
            TextVersion.objects.filter(approved_at__lte=at)
            .order_by("text", "-number")
            .distinct("text")
            .values("pk")
        )
        return self.filter(pk__in=newest, text__retired_at=None).select_related("text")


class TextVersion(models.Model):
    """One wording of a text, in both languages. Its words are never changed: another is written.

    `variables` are the names between braces that both bodies use, such as `{reference}`.
    """

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=150)
    title_fr = models.CharField(max_length=150)
    body_en = models.TextField(max_length=10_000)
    body_fr = models.TextField(max_length=10_000)
    search_key = models.TextField(editable=False, help_text="Both languages without accents.")
    written_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="text_version_number"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")),
                name="text_version_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None) | Q(approved_at__isnull=False),
                name="text_version_approved_at",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="words_never_changed",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # the library's own
                    "title_en", "title_fr", "body_en", "body_fr"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.number}"

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return languages.in_this(self.title_en, self.title_fr)

    def body(self, language: str) -> str:
        """What is sent in this language."""
        return self.body_fr if language == "fr" else self.body_en


class TextUse(models.Model):
    """One text quoted in one message: what was advised, by whom, from which version. Append-only."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="uses")
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "version"], name="text_use_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.message}: {self.version}"
