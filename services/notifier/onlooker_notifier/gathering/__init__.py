"""Notices that wait to be told together, and which of them a digest has."""
