"""Call records of any call system, read from CSV by a mapping."""
