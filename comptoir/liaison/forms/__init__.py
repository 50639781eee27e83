"""Forms of the liaison room: what people type, checked and in one form."""
