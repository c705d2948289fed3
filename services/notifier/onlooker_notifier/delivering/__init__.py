"""Messages on their way: each delivered by its channel once, later if it is not taken, again if somebody asks."""
