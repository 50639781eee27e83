"""The people room's pages."""
