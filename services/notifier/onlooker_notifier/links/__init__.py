"""Links in mails by which their reader mutes a rule, or says that a message is being seen to."""
