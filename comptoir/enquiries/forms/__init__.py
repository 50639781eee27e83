"""Forms of the single window."""
