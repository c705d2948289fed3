"""What somebody knows better: named, merged, split, moved, drawn; and the past that follows."""
