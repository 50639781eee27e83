"""Every write of the ledger."""
