"""The recognizer: has each picture recognized, stores what was found, and tells."""
