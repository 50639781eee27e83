"""What people of the centre and clients fill in."""
