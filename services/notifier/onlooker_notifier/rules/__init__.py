"""Rules as people write them: what is told, of which pictures, and by which channels."""
