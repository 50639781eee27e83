"""Tags for the texts of notices."""
