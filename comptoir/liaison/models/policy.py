"""The dated versions of the sharing rule: every number that its owner can want to change."""

from __future__ import annotations

from datetime import time

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from comptoir.liaison.models.reasons import Reason, excusing_by_default
from comptoir.people.models import Person
from comptoir.ui import languages


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Filters over versions of the rule."""

    def common(self) -> PolicyQuerySet:
        """Those for all offices, on every day on which no pilot says otherwise."""
        return self.filter(for_pilot=False)


class Policy(models.Model):
    """One dated version of the sharing rule. The version of a service day is the last that began by then.

    A row is never changed or deleted (a trigger refuses): another rule is another version. One that is
    `for_pilot` belongs to a pilot and is in force where that says, whatever began later.
    """

    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField(help_text="The first service day it governs.")
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    remark_en = models.TextField(
        blank=True, help_text="What the numbers do not say; they are put in words by themselves."
    )
    remark_fr = models.TextField(blank=True)
    minutes_per_day = models.PositiveIntegerField()
    minutes_per_week = models.PositiveIntegerField()
    lengths = ArrayField(
        models.PositiveSmallIntegerField(), help_text="Minutes an appointment may last."
    )
    horizon_business_days = models.PositiveSmallIntegerField()
    least_notice_minutes = models.PositiveIntegerField()
    late_notice_minutes = models.PositiveIntegerField(help_text="Less notice than this is late.")
    late_counts = models.BooleanField(
        help_text="Time given up late still counts against the office's limits."
    )
    excusing_reasons = ArrayField(
        models.CharField(max_length=20),
        blank=True,
        default=excusing_by_default,
        help_text="Reasons of an office for which time given up late does not count. The default "
        "is ours.",
    )
    most_case_lines = models.PositiveSmallIntegerField()
    hold_minutes = models.PositiveSmallIntegerField()
    no_show_after_minutes = models.PositiveSmallIntegerField(
        default=10,
        help_text="How long after its start an appointment may be called not attended. "
        "Ten minutes are a default of ours: no source states a value.",
    )
    start_early_minutes = models.PositiveSmallIntegerField(
        default=15,
        help_text="How long before its time an appointment may begin. "
        "A quarter of an hour is a default of ours: no source states a value.",
    )
    # The nested classes of `domain.share`, whose fields have the same names and defaults.
    nested = models.BooleanField(
        default=False, help_text="Without it the two limits above are all there is."
    )
    floor_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="What is guaranteed to every office on every day."
    )
    miss_per_mille = models.PositiveSmallIntegerField(
        default=10, help_text="On how many of 1,000 days the kept floors may be too few; 0: never."
    )
    take_up_percent = models.PositiveSmallIntegerField(
        default=80, help_text="How much of the unclaimed allowances is kept until the release."
    )
    day_cap_percent = models.PositiveSmallIntegerField(
        default=40, help_text="How much of its allowance an office may use on one day until then."
    )
    holding_percent = models.PositiveSmallIntegerField(
        default=100, help_text="How much of its allowance an office may hold ahead."
    )
    least_held_minutes = models.PositiveSmallIntegerField(
        default=180, help_text="What every office may hold ahead at least."
    )
    release_at = models.TimeField(
        default=time(14), help_text="When, on the service day before, kept allowances are released."
    )
    ramp_minutes = models.PositiveSmallIntegerField(
        default=360, help_text="How long after its beginning a day keeps floors, fewer and fewer."
    )
    standby_minutes = models.PositiveSmallIntegerField(
        default=60, help_text="How long before a start nothing is kept any more."
    )
    weekly_floor_minutes = models.PositiveSmallIntegerField(
        default=60, help_text="No allowance is below it."
    )
    allotted_percent = models.PositiveSmallIntegerField(
        default=90, help_text="How much of a week is allotted; the rest is open to all."
    )
    alpha_percent = models.PositiveSmallIntegerField(
        default=100, help_text="0: equal allowances; 100: in proportion to need."
    )
    headroom_percent = models.PositiveSmallIntegerField(
        default=120, help_text="No allowance is above so much of the need of its office."
    )
    movement_percent = models.PositiveSmallIntegerField(
        default=25, help_text="An allowance moves by no more of the last one within a quarter."
    )
    # The opening of a new day of the horizon: `domain.opening`.
    opens_at = models.TimeField(
        default=time(9), help_text="From when on a new day of the horizon can be wished for."
    )
    batch_minutes = models.PositiveSmallIntegerField(
        default=0,
        help_text="How long wishes are collected before they are drawn; 0: a day opens at midnight, "
        "first come, first served. The design proposes 60.",
    )
    # The waiting list: `domain.waiting.OfferPolicy`. The values are defaults of ours.
    most_waiting = models.PositiveSmallIntegerField(
        default=3, help_text="How many entries of an office may wait at once."
    )
    offer_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="How long an offer is kept at most; a quarter of the notice if less."
    )
    together_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="With less notice than this, time is offered to all who wait for it."
    )
    answer_seconds = models.PositiveSmallIntegerField(
        default=60, help_text="How long these have to accept before one of them is drawn."
    )
    most_unanswered = models.PositiveSmallIntegerField(
        default=2, help_text="An entry ends when so many offers were not answered."
    )
    half_life_days = models.PositiveSmallIntegerField(
        default=14, help_text="In how many days what an office has used counts half."
    )
    kept_longer_minutes = models.PositiveSmallIntegerField(
        default=3,
        help_text="How much longer than it can be accepted an offer keeps its time: until the next "
        "round has come.",
    )
    most_filed_a_day = models.PositiveSmallIntegerField(
        default=20,
        help_text="How many entries one person may file in 24 hours: no caseworker needs more, a "
        "script would.",
    )
    first_place_days = models.PositiveSmallIntegerField(
        default=14,
        help_text="For how long after the centre cancelled an appointment its office is served first.",
    )
    # Who is asked to confirm: `domain.reliability.PatternRule`. The values are the design's, and ours.
    pattern_prior_late = models.PositiveSmallIntegerField(
        default=2,
        help_text="Of how many appointments it is supposed beforehand that they are lost.",
    )
    pattern_prior_kept = models.PositiveSmallIntegerField(
        default=38, help_text="Of how many it is supposed beforehand that they are kept."
    )
    pattern_share_percent = models.PositiveSmallIntegerField(
        default=10, help_text="To lose more than this is too much."
    )
    pattern_certainty_percent = models.PositiveSmallIntegerField(
        default=90, help_text="How probable it must be that an office does."
    )
    pattern_least_late = models.PositiveSmallIntegerField(
        default=5, help_text="With fewer losses no office is asked to confirm."
    )
    pattern_window_days = models.PositiveSmallIntegerField(
        default=20, help_text="How many business days are looked at."
    )
    pattern_clean_days = models.PositiveSmallIntegerField(
        default=10, help_text="After so many business days without a loss nobody is asked any more."
    )
    confirm_before_minutes = models.PositiveSmallIntegerField(
        default=60,
        help_text="How long before its start an appointment is to be confirmed at the latest. A "
        "default of ours.",
    )
    excuses_checked_percent = models.PositiveSmallIntegerField(
        default=20,
        help_text="Of how many in a hundred excused losses somebody asks about the excuse. A default "
        "of ours.",
    )
    for_pilot = models.BooleanField(
        default=False, help_text="Tried by a pilot, and no version of the common rule."
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_per_week__gte=F("minutes_per_day")),
                name="policy_day_within_week",
            ),
            models.CheckConstraint(
                condition=Q(miss_per_mille__lt=1000, allotted_percent__lte=100),
                name="policy_shares_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(
                    offer_minutes__gte=1,
                    answer_seconds__gte=10,
                    most_unanswered__gte=1,
                    half_life_days__gte=1,
                ),
                name="policy_offers_can_be_answered",
            ),
            models.CheckConstraint(
                condition=Q(movement_percent__lte=100, excuses_checked_percent__lte=100),
                name="policy_parts_are_parts",
            ),
            models.CheckConstraint(
                condition=Q(
                    pattern_prior_late__gte=1,
                    pattern_prior_kept__gte=1,
                    pattern_share_percent__range=(1, 99),
                    pattern_certainty_percent__range=(1, 99),
                    pattern_least_late__gte=1,
                    pattern_window_days__gte=1,
                    pattern_clean_days__gte=1,
                ),
                name="policy_pattern_is_one",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.name_en}"

    @property
    def name(self) -> str:
        return languages.in_this(self.name_en, self.name_fr)

    @property
    def remark(self) -> str:
        return languages.in_this(self.remark_en, self.remark_fr)

    @property
    def excuses(self) -> list[str]:
        """The reasons that excuse under this rule, in words; none where late time never counts."""
        found = self.excusing_reasons if self.late_counts else []
        return [str(Reason(reason).label) for reason in found]
