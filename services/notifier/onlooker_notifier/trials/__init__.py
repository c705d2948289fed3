"""Rules tried on the newest pictures: what they would have sent, and why not. Nothing is stored or sent."""
