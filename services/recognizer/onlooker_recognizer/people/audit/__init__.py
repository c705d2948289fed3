"""Who read or changed what is known of people."""
