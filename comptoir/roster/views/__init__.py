"""The roster's pages, for team leads; a professional sees and asks for their own hours."""
