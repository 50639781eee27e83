"""The demonstration world: as large as the seeds say, made from a seed, and of people who do not exist."""
