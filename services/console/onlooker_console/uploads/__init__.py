"""Uploads: where pictures can go, how they get there, and what became of them."""
