"""What the pages of people show, made of what the recognizer and the tagger answer, and how they are asked."""
