"""The single window: every question has an owner, a due date and an answer."""
