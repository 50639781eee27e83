"""Who did, saw and disclosed what: append-only."""
