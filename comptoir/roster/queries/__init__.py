"""Reads across the roster's models."""

from comptoir.roster.queries.calendar import closed_days, days_ahead, horizon

__all__ = ["closed_days", "days_ahead", "horizon"]
