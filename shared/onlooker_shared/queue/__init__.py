"""The consumer: how a message is taken, worked on and settled."""
