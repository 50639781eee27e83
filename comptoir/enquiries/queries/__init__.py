"""What is read across models."""
