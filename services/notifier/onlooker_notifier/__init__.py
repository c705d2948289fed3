"""Rules, channels and deliveries: tells people what was seen."""
