"""Where people were seen."""
