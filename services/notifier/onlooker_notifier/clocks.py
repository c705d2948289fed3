"""What is to be expected of clocks: those of several instances differ, and each may be set."""

CLOCKS_DIFFER = 60.0
"""Seconds by which the clocks of instances may differ. What was noted later than that from now was noted before a clock
jumped back, and must not wait for an hour that is long over."""
