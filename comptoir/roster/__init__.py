"""Professionals, their patterns, absences, holidays, extra hours: the hours on offer."""
