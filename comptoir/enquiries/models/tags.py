"""Words that agents put on enquiries, out of a list that the centre keeps."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from comptoir.enquiries.models.enquiries import Enquiry
from comptoir.ui import languages


class Tag(models.Model):
    """One word, in both languages. What is no longer given stays where it was."""

    code = models.SlugField(max_length=30, unique=True)
    name_en = models.CharField(max_length=60)
    name_fr = models.CharField(max_length=60)
    is_given = models.BooleanField(default=True, help_text="Still on the list to choose from.")
    enquiries = models.ManyToManyField(Enquiry, related_name="tags")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name_en"), name="tag_one_of_an_english_name"),
            models.UniqueConstraint(Lower("name_fr"), name="tag_one_of_a_french_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The word in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)
