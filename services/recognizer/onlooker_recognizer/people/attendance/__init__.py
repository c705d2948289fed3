"""Who signed in and out, and when people were present."""
