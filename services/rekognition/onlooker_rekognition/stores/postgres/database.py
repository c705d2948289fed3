"""Connections to the database, and what all parts of the store stand on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from onlooker_rekognition.protocol.errors import InternalServerError, ThrottlingError
from onlooker_rekognition.store import FaceModel, StoreError, no_such_collection
from onlooker_rekognition.stores.postgres.indexes import NearestIndexes
from onlooker_rekognition.stores.postgres.schema import prepare
from onlooker_rekognition.stores.postgres.vectors import register_vectors
from onlooker_rekognition.stores.rules import HeldFace, mean_of, no_such_user
from onlooker_rekognition.vision.results import Embedding

Link = Connection[Any]
"""A connection out of the pool: each statement is a transaction, but for those within `_transaction`."""

_WAIT_SECONDS = 5.0  # for a connection
_IMPATIENT_SECONDS = 0.2  # once one waited in vain: while the database is down, requests hold no thread for long
_WAITING_PER_CONNECTION = 8  # requests; more are throttled at once
_DEFAULTS = {  # where the URL says nothing; a database that vanished without a word is noticed within 30 s
    "application_name": "onlooker-rekognition",
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_SESSION = """
SET statement_timeout = '30s';
SET lock_timeout = '10s';
SET idle_in_transaction_session_timeout = '60s';
SELECT '[0]'::vector;
SET hnsw.ef_search = 400;
SET hnsw.iterative_scan = relaxed_order;
"""  # the SELECT loads pgvector, which must know its settings; matches are ordered by exact distance anyway
_TRY_AGAIN = (
    TooManyRequests,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.TooManyConnections,
)

_HELD = """SELECT faces.position, face_id, users.user_id,
 CASE WHEN faces.embedding_model = %s THEN faces.embedding END
 FROM faces LEFT JOIN users ON users.position = owner"""
_OUTDATED = """SELECT position, owner FROM faces WHERE position = ANY(%s) AND collection = %s AND embedding_model <> %s
 ORDER BY position"""

_log = logging.getLogger(__name__)


class Database:
    """An open store, of faces that are embedded by `model`."""

    def __init__(self, url: str, *, model: FaceModel, connections: int = 10) -> None:
        """Connect to the database at `url`, with at most `connections` at once. Raises StoreError."""
        conninfo = _conninfo(url)
        prepare(conninfo)
        self._model = model
        self._pool = ConnectionPool(
            conninfo,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=connections,
            max_waiting=_WAITING_PER_CONNECTION * connections,
            reconnect_timeout=_WAIT_SECONDS,
            configure=_configure,
            check=ConnectionPool.check_connection,  # the database may have been restarted since
            open=True,
        )
        self._patience = _WAIT_SECONDS
        self._indexes = NearestIndexes(conninfo, model)

    def close(self) -> None:
        """Close all connections."""
        self._indexes.close()
        self._pool.close()

    @contextmanager
    def _connection(self) -> Iterator[Link]:
        """For single statements. What the database can not do is raised as ThrottlingError or InternalServerError."""
        try:
            with self._pool.connection(self._patience) as connection, _left_if_read_only(connection):
                self._patience = _WAIT_SECONDS
                yield connection
        except _TRY_AGAIN as error:
            raise ThrottlingError("The database is busy. Try again.") from error
        except PoolTimeout as error:
            _log.error("no connection to the database within %.1f s: it is down, or has too much to do", self._patience)
            self._patience = _IMPATIENT_SECONDS
            raise InternalServerError("The database does not answer. Try again.") from error
        except (psycopg.OperationalError, errors.ReadOnlySqlTransaction) as error:
            _log.error("the database failed: %s", error)
            raise InternalServerError("The database failed. Try again.") from error

    @contextmanager
    def _transaction(self) -> Iterator[Link]:
        with self._connection() as connection, connection.transaction():
            yield connection

    def _position(self, connection: Link, collection_id: str) -> int:
        row = connection.execute("SELECT position FROM collections WHERE id = %s", (collection_id,)).fetchone()
        return _present(row, collection_id)

    def _hold(self, connection: Link, collection_id: str) -> int:
        """The position of a collection that nobody deletes before the transaction ends."""
        row = connection.execute(
            "SELECT position FROM collections WHERE id = %s FOR KEY SHARE", (collection_id,)
        ).fetchone()
        return _present(row, collection_id)

    def _user(self, connection: Link, collection: int, user_id: str) -> int:
        row = connection.execute(
            "SELECT position FROM users WHERE collection = %s AND user_id = %s", (collection, user_id)
        ).fetchone()
        if row is None:
            raise no_such_user(user_id)
        return int(row[0])

    def _held(self, connection: Link, collection: int, face_ids: Sequence[str]) -> dict[str, HeldFace]:
        rows = connection.execute(
            f"{_HELD} WHERE faces.collection = %s AND face_id = ANY(%s)", (self._model.name, collection, list(face_ids))
        )
        return {face.face_id: face for face in (HeldFace(*row) for row in rows)}

    def _held_by(self, connection: Link, user: int) -> list[HeldFace]:
        rows = connection.execute(f"{_HELD} WHERE owner = %s ORDER BY faces.position", (self._model.name, user))
        return [HeldFace(*row) for row in rows]

    def _lock_faces(
        self, connection: Link, collection: int, face_ids: Sequence[str], *, removing: bool = False
    ) -> None:
        """Nobody else changes these faces before the transaction ends; what is read after this is true.

        Unless they are to be removed, others may go on relying on their being there: who indexes a picture again does
        before it comes to the users of its faces, and would wait for them in a ring.
        """
        strength: LiteralString = "UPDATE" if removing else "NO KEY UPDATE"
        connection.execute(
            f"SELECT FROM faces WHERE collection = %s AND face_id = ANY(%s) ORDER BY position FOR {strength}",
            (collection, list(face_ids)),
        )

    def _renew(self, connection: Link, collection: int, embeddings: Mapping[int, Embedding]) -> int:
        """Give outdated faces other embeddings, and their users other means. How many there were."""
        model = self._model
        wanted = (list(embeddings), collection, model.name)
        _lock_users(connection, [owner for _, owner in connection.execute(_OUTDATED, wanted) if owner is not None])
        found = connection.execute(f"{_OUTDATED} FOR NO KEY UPDATE", wanted).fetchall()
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE faces SET embedding = %s, embedding_model = %s, model_version = %s WHERE position = %s",
                [(embeddings[position], model.name, model.version, position) for position, _ in found],
            )
        self._renew_means(connection, {owner for _, owner in found if owner is not None})
        return len(found)

    def _renew_means(self, connection: Link, users: Collection[int]) -> None:
        _lock_users(connection, users)
        for user in users:
            mean = mean_of(self._held_by(connection, user))
            connection.execute(
                "UPDATE users SET embedding = %s, embedding_model = %s WHERE position = %s",
                (mean, None if mean is None else self._model.name, user),
            )


def _lock_users(connection: Link, users: Collection[int]) -> None:
    """Nobody else changes these users, or whose faces are theirs, before the transaction ends."""
    connection.execute("SELECT FROM users WHERE position = ANY(%s) ORDER BY position FOR NO KEY UPDATE", (list(users),))


def _conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise StoreError(
            "The database's URL cannot be read. It should be like postgresql://user@host:5432/database"
        ) from None  # libpq's own message repeats it, with the password
    return make_conninfo("", **{**_DEFAULTS, **given})


@contextmanager
def _left_if_read_only(connection: Link) -> Iterator[None]:
    """A connection to a server that others have replaced is not used again; the next may lead to its successor."""
    try:
        yield
    except errors.ReadOnlySqlTransaction:
        connection.close()
        raise


def _configure(connection: Link) -> None:
    connection.execute(_SESSION)
    register_vectors(connection)


def _present(row: Sequence[Any] | None, collection_id: str) -> int:
    if row is None:
        raise no_such_collection(collection_id)
    return int(row[0])
