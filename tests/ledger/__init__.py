"""Tests of the ledger of contacts."""
