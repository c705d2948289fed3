"""People who may be one: found in the background, and told to somebody who decides. Nobody is merged by themselves."""
