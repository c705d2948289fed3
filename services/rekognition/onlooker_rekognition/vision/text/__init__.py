"""Text in pictures: where its lines are, what they say, and where their words are."""
