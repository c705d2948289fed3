"""Messages that somebody is to acknowledge, and what becomes of them if nobody does."""
