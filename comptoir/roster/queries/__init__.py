"""Reads across the roster's models."""

from comptoir.roster.queries.calendar import closed_days, horizon

__all__ = ["closed_days", "horizon"]
