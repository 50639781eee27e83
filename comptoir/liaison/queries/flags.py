"""The flags that ask offices to confirm, as a team lead reads them."""

from __future__ import annotations

from comptoir.liaison.models import PatternFlag
from comptoir.liaison.models.reliability import PatternFlagQuerySet


def open_now() -> PatternFlagQuerySet:
    """Those that hold, the latest first."""
    return _related().open().order_by("-since", "-pk")


def ended() -> PatternFlagQuerySet:
    """Those that are over, the latest to end first."""
    return _related().filter(ended_on__isnull=False).order_by("-ended_on", "-pk")


def _related() -> PatternFlagQuerySet:
    return PatternFlag.objects.select_related("office__district")
