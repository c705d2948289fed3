"""Rules that are looked after by the clock: that no picture comes, and that messages could not be handled.

What is found goes the way that pictures go: it is decided, gathered and told.
"""
