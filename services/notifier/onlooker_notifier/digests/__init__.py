"""What several pictures have in common is told in one message: gathered, and begun when it is due."""
