"""One module a kind of channel: how it hands a message over, and what its answers mean."""
