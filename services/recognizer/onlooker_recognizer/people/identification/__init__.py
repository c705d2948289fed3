"""Who is in a picture: from what the collection found to the names in a result."""
