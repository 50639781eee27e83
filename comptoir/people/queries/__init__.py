"""Reads across the people room's models."""
