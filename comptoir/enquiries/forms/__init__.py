"""What people type in the single window."""
