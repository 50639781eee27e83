"""Reads across the liaison room's models."""
