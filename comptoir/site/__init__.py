"""Wiring only: settings, addresses, the `comptoir` command, the embedded PostgreSQL."""
