"""Pages of the liaison room, by who comes there."""
