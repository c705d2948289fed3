"""Everything that is stored of a person: handed out, and removed with proof."""
