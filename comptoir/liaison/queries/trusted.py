"""Who is asked to confirm under a version of the rule, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comptoir.liaison.models import Policy
from comptoir.liaison.queries.kept import Term
from comptoir.ui.times import duration


def asked(policy: Policy) -> list[Term]:
    """What makes an office one that is asked, and how that ends."""
    return [
        Term(_("Who is asked to confirm"), _asked(policy)),
        Term(_("It is asked no longer"), _asked_until(policy)),
        Term(_("What is supposed beforehand"), _supposed(policy)),
    ]


def confirmed(policy: Policy) -> list[Term]:
    """Until when it must answer."""
    return [
        Term(
            _("To be confirmed"),
            _("at the latest %(before)s before it begins")
            % {"before": duration(policy.confirm_before_minutes)},
        ),
    ]


def _asked(policy: Policy) -> str:
    said = {
        "least": policy.pattern_least_late,
        "days": policy.pattern_window_days,
        "certainty": policy.pattern_certainty_percent,
        "share": policy.pattern_share_percent,
    }
    return (
        _(
            "who lost %(least)s appointments or more late within %(days)s business days, if it is to %(certainty)s%% certain that more than %(share)s%% of all are lost"
        )
        % said
    )


def _asked_until(policy: Policy) -> str:
    count = policy.pattern_clean_days
    return ngettext(
        "after %(n)s business day without a loss",
        "after %(n)s business days without a loss",
        count,
    ) % {"n": count}


def _supposed(policy: Policy) -> str:
    return _("of any office: %(late)s appointments lost late and %(kept)s kept") % {
        "late": policy.pattern_prior_late,
        "kept": policy.pattern_prior_kept,
    }
