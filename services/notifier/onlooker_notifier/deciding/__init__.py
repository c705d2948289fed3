"""What becomes of a picture that a rule is about: told now, held, or not told, and why."""
