"""What the contract in `store.py` is kept in: one SQLite file, or one PostgreSQL for many servers."""
