"""What an agent of the single window knows and may be given."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.lines import Line
from comptoir.people.models import Language, Person, Role

WORKS = (Role.AGENT, Role.TEAM_LEAD)
"""Who answers enquiries: a team lead may do what an agent may."""

READS = (*WORKS, Role.PRIVACY_OFFICER, Role.PROFESSIONAL)
"""Who may be handed a matter, or be named for a restricted enquiry; the last two read nothing else."""


class Agent(models.Model):
    """Somebody who answers enquiries: on which lines, in which languages, and how many at a time."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="agent")
    languages = ArrayField(models.CharField(max_length=2, choices=Language))
    skills = ArrayField(models.CharField(max_length=30), default=list)
    lines = models.ManyToManyField(Line, related_name="agents")
    at_most = models.PositiveSmallIntegerField(
        _("most enquiries in hand"), default=20, help_text="Ours; the older tool allowed 100."
    )
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at_most__gte=1, at_most__lte=100), name="agent_at_most"
            )
        ]

    def __str__(self) -> str:
        return self.person.name
