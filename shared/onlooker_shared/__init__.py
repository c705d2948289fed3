"""What more than one Onlooker service needs, and nothing that only one of them needs."""
