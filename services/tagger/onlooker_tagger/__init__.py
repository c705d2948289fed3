"""The read side: indexes every result, answers searches and statistics."""
