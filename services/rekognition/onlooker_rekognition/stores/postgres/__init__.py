"""Collections in PostgreSQL with pgvector, for any number of servers on one store.

Nothing is kept in memory that another server could make untrue: faces and users are searched in the database, and what
belongs together is changed in one transaction, under row locks that are always taken in one order: collection, user,
faces by position. A transaction that writes to a collection holds its row `FOR KEY SHARE`, so that the collection is
deleted before or after, never in between. Time is the database's, because servers' clocks differ.
"""

from __future__ import annotations

from onlooker_rekognition.stores.postgres.collections import Collections
from onlooker_rekognition.stores.postgres.embeddings import Embeddings
from onlooker_rekognition.stores.postgres.faces import Faces
from onlooker_rekognition.stores.postgres.jobs import Jobs
from onlooker_rekognition.stores.postgres.ledger import Ledger
from onlooker_rekognition.stores.postgres.users import Users


class PostgresStore(Collections, Faces, Users, Embeddings, Ledger, Jobs):
    """A Store in a database. Its methods are documented in `store.py`."""


__all__ = ["PostgresStore"]
