"""Where the links of mails lead: pages that say what a link does, and do it when somebody confirms."""
