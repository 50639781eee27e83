"""Every write of the liaison room. Each takes `by=` and `now=` and is one transaction."""
