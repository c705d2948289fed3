"""Who is known, and by which faces: the records, and where they are kept."""
