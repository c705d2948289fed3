"""The language in which a rule says of which pictures it tells: one page of it is in the service's README."""
