"""Keys: channels' secrets are sealed by one, links of mails signed; and certificates of who is trusted."""
