"""What was seen, in plain words and local time."""
