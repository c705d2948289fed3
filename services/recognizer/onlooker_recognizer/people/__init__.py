"""People: who they are, the faces they are known by, and where they were seen."""
