"""The pages of the single window, by what they show."""
