"""The words of a message: what people read, in their language of plain words and in their local time."""
