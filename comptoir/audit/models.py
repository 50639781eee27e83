"""The append-only trail of what people did, saw and disclosed.

Rows carry names and ids rather than foreign keys, so that the trail outlives what it speaks of
and never blocks a lawful disposal. A database trigger refuses updates and deletes.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

WORDS = '$.** ? (@.type() == "string" && !(@ like_regex "^[A-Za-z0-9_.:+-]{0,60}$"))'
"""A path to whatever is text and no code, no date and no number: to what the trail does not hold."""


class Verb(models.TextChoices):
    """What kind of event it was."""

    DID = "did", _("Did")
    SAW = "saw", _("Saw")
    DISCLOSED = "disclosed", _("Disclosed")
    REFUSED = "refused", _("Was refused")


class Event(models.Model):
    """One thing that one person (or the service itself) did to one object."""

    at = models.DateTimeField()
    verb = models.CharField(max_length=10, choices=Verb)
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    office_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_event_object"),
            models.Index(fields=["office_id", "at"], name="audit_event_office"),
            models.Index(fields=["actor_id", "at"], name="audit_event_actor"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]
        constraints = [
            # The trail is read by people who may not see the case, and nothing in it can be removed.
            models.CheckConstraint(
                condition=~Q(
                    Func(
                        F("detail"),
                        Value(WORDS),
                        function="jsonb_path_exists",
                        output_field=models.BooleanField(),
                    )
                ),
                name="audit_event_detail_has_no_words",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"
