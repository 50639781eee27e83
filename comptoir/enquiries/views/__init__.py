"""What a browser is answered."""
