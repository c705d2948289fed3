"""The tables, the steps from each version of them to the next, and what the database must be able to do."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
from psycopg import Connection, errors

from onlooker_rekognition.store import StoreError

_LEAST_SERVER = 15  # unique constraints that hold for null, too
_LEAST_PGVECTOR = (0, 8)  # scans that go on until enough rows passed the filter
_MIGRATING = 7_301_944_021_190_733_825  # an advisory lock of ours: any number that others hardly choose

_FIRST: LiteralString = """
CREATE TABLE collections (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    face_model_version text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    tags jsonb NOT NULL,
    face_count bigint NOT NULL DEFAULT 0,
    user_count bigint NOT NULL DEFAULT 0
);
CREATE TABLE users (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    user_id text NOT NULL,
    embedding vector(128),
    embedding_model text,
    UNIQUE (collection, user_id)
);
ALTER TABLE users ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX users_of_collection ON users (collection, position);
CREATE TABLE faces (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    owner bigint REFERENCES users ON DELETE SET NULL,
    face_id text NOT NULL UNIQUE,
    image_id text NOT NULL,
    external_image_id text,
    "left" double precision NOT NULL,
    top double precision NOT NULL,
    width double precision NOT NULL,
    height double precision NOT NULL,
    confidence double precision NOT NULL,
    model_version text NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now(),
    embedding vector(128) NOT NULL,
    embedding_model text NOT NULL
);
ALTER TABLE faces ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE UNIQUE INDEX faces_kept_once ON faces (collection, image_id, external_image_id, "left", top, width, height)
    NULLS NOT DISTINCT;
CREATE INDEX faces_of_collection ON faces (collection, position);
CREATE INDEX faces_of_model ON faces (collection, embedding_model, position);
CREATE INDEX faces_of_owner ON faces (owner) WHERE owner IS NOT NULL;
CREATE TABLE chips (
    face bigint PRIMARY KEY REFERENCES faces ON DELETE CASCADE,
    jpeg bytea NOT NULL
);
ALTER TABLE chips ALTER COLUMN jpeg SET STORAGE EXTERNAL;
CREATE TABLE answers (
    operation text NOT NULL,
    token text NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (operation, token)
);
CREATE INDEX answers_by_age ON answers (answered_at);
"""

_JOBS: LiteralString = """
CREATE TABLE jobs (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id text NOT NULL UNIQUE,
    analysis text NOT NULL,
    request jsonb NOT NULL,
    status text NOT NULL DEFAULT 'IN_PROGRESS',
    status_message text,
    video_metadata jsonb,
    attempts integer NOT NULL DEFAULT 0,
    worker text,
    free_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    announced boolean NOT NULL DEFAULT false
);
CREATE INDEX jobs_at_hand ON jobs (position) WHERE status = 'IN_PROGRESS' OR NOT announced;
CREATE TABLE findings (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
    view text NOT NULL,
    timestamp bigint NOT NULL,
    name text NOT NULL,
    content jsonb NOT NULL
);
CREATE INDEX findings_by_time ON findings (job, view, timestamp, position);
CREATE INDEX findings_by_name ON findings (job, view, name COLLATE "C", timestamp, position);
"""

_STEPS: tuple[LiteralString, ...] = (_FIRST, _JOBS)
"""Step n leads from version n to n + 1. One that was released is never changed."""


def prepare(conninfo: str) -> None:
    """Bring the database to the newest tables, one server at a time. Raises StoreError."""
    try:
        with psycopg.connect(conninfo) as connection:
            _check_server(connection)
            connection.execute("SET LOCAL lock_timeout = '60s'")  # another server may be at it, but not for ever
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATING,))
            _ensure_pgvector(connection)
            _migrate(connection)
    except errors.InsufficientPrivilege as error:
        raise StoreError(
            f"The database's role has not the rights it needs: {_first_line(error)}. Grant it CREATE and USAGE on the "
            "schema; the tables must belong to it."
        ) from error
    except psycopg.Error as error:
        raise StoreError(f"The database cannot be used: {_first_line(error)}.") from error


def _check_server(connection: Connection[Any]) -> None:
    version = connection.info.server_version // 10000
    if version < _LEAST_SERVER:
        raise StoreError(f"The database is PostgreSQL {version}; {_LEAST_SERVER} or newer is needed.")


def _ensure_pgvector(connection: Connection[Any]) -> None:
    found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    if found is None:
        _create_pgvector(connection)
        found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    version = str(found[0]) if found else "0"
    if tuple(int(part) for part in version.split(".")[:2]) < _LEAST_PGVECTOR:
        least = ".".join(map(str, _LEAST_PGVECTOR))
        raise StoreError(
            f"The database has pgvector {version}; {least} or newer is needed. Install it on the database's machine, "
            "then: ALTER EXTENSION vector UPDATE"
        )


def _create_pgvector(connection: Connection[Any]) -> None:
    try:
        connection.execute("CREATE EXTENSION vector")
    except (errors.FeatureNotSupported, errors.UndefinedFile) as error:
        raise StoreError(
            "pgvector is not installed on the database's machine. Install it there (Debian: postgresql-18-pgvector, "
            "Docker: the image pgvector/pgvector)."
        ) from error
    except errors.InsufficientPrivilege as error:
        raise StoreError(
            "pgvector is not enabled in the database, and its role may not enable it. Let a superuser run there, once: "
            "CREATE EXTENSION vector"
        ) from error


def _migrate(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)")
    row = connection.execute("SELECT version FROM schema_version").fetchone()
    version = int(row[0]) if row else 0
    if version > len(_STEPS):
        raise StoreError("The database was written by a newer version of this server: use that one.")
    for step in _STEPS[version:]:
        connection.execute(step)
    if version < len(_STEPS):
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES (%s)", (len(_STEPS),))


def _first_line(error: psycopg.Error) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
