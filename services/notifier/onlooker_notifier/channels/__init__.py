"""Channels: whom messages go to, what each kind does with them, and what is done with one that fails."""
