"""Stored videos: frames decoded, looked at one by one, and what was found told in time order."""
