"""What a rule says in its own words: templates of subjects and texts, which can neither run for long nor reach out."""
