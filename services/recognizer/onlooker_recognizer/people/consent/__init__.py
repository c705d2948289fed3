"""Who agreed to be known, and what is kept no longer."""
