"""The people room's forms."""
