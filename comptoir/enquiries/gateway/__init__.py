"""Outside systems of the single window, each in a module of its own."""
