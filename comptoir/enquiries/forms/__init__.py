"""What people type about enquiries."""
