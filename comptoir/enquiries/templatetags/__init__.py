"""What the pages of the single window show of enquiries."""
