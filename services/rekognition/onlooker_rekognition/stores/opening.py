"""Opens the store that the settings choose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from pydantic import SecretStr

from onlooker_rekognition.folder import hold_folder
from onlooker_rekognition.settings import CommonSettings
from onlooker_rekognition.store import FaceModel, Store, StoreError
from onlooker_rekognition.stores.sqlite import SqliteStore


@contextmanager
def open_store(settings: CommonSettings, model: FaceModel) -> Iterator[Store]:
    """PostgreSQL where a database is named, else SQLite in the data folder. Raises StoreError, FolderError."""
    if settings.database_url:  # an empty variable, as of a template that was not filled in, is none
        with _open_postgres(settings.database_url, settings.database_connections, model) as store:
            yield store
    else:
        with (
            hold_folder(settings.data) as folder,
            closing(SqliteStore(folder / "collections.sqlite3", model=model)) as store,
        ):
            store.free_jobs()  # who holds the folder is alone
            yield store


@contextmanager
def _open_postgres(url: SecretStr, connections: int, model: FaceModel) -> Iterator[Store]:
    try:
        # an extra: whoever needs no database installs no driver
        from onlooker_rekognition.stores.postgres import PostgresStore  # noqa: PLC0415
    except ImportError as error:
        raise StoreError(
            f"A database is set, but its driver cannot be loaded ({error}). "
            "To install it: pip install 'onlooker-rekognition[postgres]'"
        ) from error
    with closing(PostgresStore(url.get_secret_value(), model=model, connections=connections)) as store:
        yield store
