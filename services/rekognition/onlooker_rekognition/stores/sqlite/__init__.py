"""Collections in one SQLite file, with indexes in memory for each collection that was searched.

One connection under one lock: a single writer, and readers that wait for a commit at most, some milliseconds. What
takes longer is done in portions (an index is read, a collection deleted) or without the lock (an index is searched).
A commit is on the disk before the method returns (WAL, synchronous=FULL), so neither a kill nor a power cut loses what
a client was told.
"""

from __future__ import annotations

from onlooker_rekognition.stores.sqlite.collections import Collections
from onlooker_rekognition.stores.sqlite.embeddings import Embeddings
from onlooker_rekognition.stores.sqlite.faces import Faces
from onlooker_rekognition.stores.sqlite.jobs import Jobs
from onlooker_rekognition.stores.sqlite.ledger import Ledger
from onlooker_rekognition.stores.sqlite.users import Users


class SqliteStore(Collections, Faces, Users, Embeddings, Ledger, Jobs):
    """A Store in a file, which only one process may have open. Its methods are documented in `store.py`."""


__all__ = ["SqliteStore"]
