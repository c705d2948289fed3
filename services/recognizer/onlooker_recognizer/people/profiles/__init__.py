"""Profiles: what others kept of people before, readable, writable, and made people of."""
