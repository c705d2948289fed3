"""The `onlooker` command: runs all of Onlooker on one machine, and talks to it wherever it runs."""
