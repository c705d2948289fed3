"""The copy: a folder with each object's bytes in a file of its own, and an index (SQLite) of them and of all items.

A file gets its name from what is in it (bucket, key, version), so a new version never touches the file of the old one.
Files are synced before the index names them, and removed after it has forgotten them: whatever moment it is cut off in,
the index is whole, and so is everything that it names.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from onlooker_shared.errors import OnlookerError

VERSION = 1
"""Of the index's form; a newer one is not touched."""
FORM = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    properties TEXT NOT NULL, PRIMARY KEY (bucket, key)
);
CREATE TABLE items (
    of_table TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (of_table, key)
) WITHOUT ROWID;
"""
BUSY_SECONDS = 30.0
"""How long the index is waited for while another process writes to it."""


class CopyError(OnlookerError):
    """The copy cannot be used as it is; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class KeptObject:
    """An object in the copy."""

    bucket: str
    key: str
    version: str
    size: int
    properties: dict[str, Any]
    """What S3 tells of it beside its bytes, as JSON has it; see `objects`."""
    file: str
    """The name of the file with its bytes, by `file_name`."""


def file_name(bucket: str, key: str, version: str) -> str:
    """Return the name of an object's file: any key is safe in it, and 1,024 bytes of key are not too long."""
    return hashlib.sha256(f"{bucket}\0{key}\0{version}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item of a DynamoDB table in the copy."""

    key: str
    """The key's attributes in DynamoDB JSON."""
    item: str
    """The whole item in DynamoDB JSON."""

    @property
    def version(self) -> str:
        """What tells this state of the item from others."""
        return hashlib.sha256(self.item.encode()).hexdigest()


class Copy:
    """The copy in one folder. Open it with `open`, and write to it while nobody else does.

    Attributes:
        files: the folder of the objects' files.
    """

    def __init__(self, index: sqlite3.Connection, files: Path) -> None:
        self._index = index
        self.files = files

    @classmethod
    def open(cls, folder: Path) -> "Copy":
        """Open the copy in a folder, and make an empty one where there is nothing yet.

        Raises:
            CopyError: what is there is damaged, of a newer version, or cannot be written.
        """
        files = folder / "objects"
        path = folder / "index.sqlite3"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.mkdir(mode=0o700, exist_ok=True)
            if not path.exists():
                _require_none(files, path)
            path.touch(mode=0o600)  # it has pictures' metadata, sessions and rules: for its owner alone
            index = sqlite3.connect(path, timeout=BUSY_SECONDS)
            _prepare(index, path, files)
        except (OSError, sqlite3.Error) as error:
            raise CopyError(
                f"The copy in {folder} cannot be used: {error}. If it is damaged, put a backup in its place; "
                "if nothing of it is needed, empty the folder."
            ) from error
        return cls(index, files)

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    # --- facts --------------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The copy's own name, made up when the first emulator was taken into keeping; None before."""
        return self._fact("name")

    def take_name(self) -> str:
        """Give the copy a name, and return it."""
        with self._index:
            self._index.execute("INSERT INTO facts VALUES ('name', ?)", (uuid4().hex,))
        return self._fact("name") or ""

    @property
    def sweep_due(self) -> str | None:
        """The sweep that is due: the services have not derived what the queues held when the copy was put back."""
        return self._fact("sweep")

    def require_sweep(self) -> None:
        """Have a sweep due: a new one, for what one that goes on already has looked at may be other by now."""
        with self._index:
            self._index.execute("INSERT OR REPLACE INTO facts VALUES ('sweep', ?)", (uuid4().hex,))

    def swept(self, sweep: str) -> None:
        """Have a sweep due no more; one that came to be due since stays so."""
        with self._index:
            self._index.execute("DELETE FROM facts WHERE name = 'sweep' AND value = ?", (sweep,))

    def _fact(self, name: str) -> str | None:
        row = self._index.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    # --- objects ------------------------------------------------------------------------------------------------------

    def object_versions(self, bucket: str) -> dict[str, str]:
        """Return the version of each key of a bucket."""
        return dict(self._index.execute("SELECT key, version FROM objects WHERE bucket = ?", (bucket,)))

    def objects(self, bucket: str) -> Iterator[KeptObject]:
        """Yield a bucket's objects."""
        rows = self._index.execute(
            "SELECT key, version, size, properties, file FROM objects WHERE bucket = ? ORDER BY key", (bucket,)
        )
        for key, version, size, properties, file in rows:
            yield KeptObject(bucket, key, version, size, json.loads(properties), file)

    def keep_objects(self, objects: Iterable[KeptObject]) -> None:
        """Take objects into the index, in the place of earlier versions; their files are there, and synced."""
        _sync_folder(self.files)
        superseded: list[str] = []
        with self._index:
            for each in objects:
                superseded += self._files_of(each.bucket, [each.key], but=each.file)
                self._index.execute(
                    "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)",
                    (each.bucket, each.key, each.version, each.file, each.size, json.dumps(each.properties)),
                )
        self._remove(superseded)

    def change_versions(self, bucket: str, versions: Iterable[tuple[str, str]]) -> None:
        """Take objects, by their keys, for another version of which nothing but its name is new."""
        rows = ((version, bucket, key) for key, version in versions)
        with self._index:
            self._index.executemany("UPDATE objects SET version = ? WHERE bucket = ? AND key = ?", rows)

    def forget_objects(self, bucket: str, keys: list[str]) -> None:
        """Take objects out of the index, then remove their files."""
        files = self._files_of(bucket, keys)
        with self._index:
            self._index.executemany("DELETE FROM objects WHERE bucket = ? AND key = ?", ((bucket, key) for key in keys))
        self._remove(files)
        if keys:
            self._empty_log()

    def path(self, kept: KeptObject) -> Path:
        """Return where an object's bytes are."""
        return self.files / kept.file

    def fault_of(self, kept: KeptObject) -> str | None:
        """Return what is wrong with an object's file, by its length; None if nothing is."""
        if _length(self.path(kept)) == kept.size:
            return None
        return f"the file {kept.file} of {kept.bucket}/{kept.key} is missing, or not of {kept.size} bytes"

    def require_index(self) -> None:
        """Look at the index. Raises CopyError if it is damaged."""
        faults = [str(row[0]) for row in self._index.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
        if faults:
            raise self._damaged("; ".join(faults))

    def require_files(self) -> None:
        """Look at each file's length.

        A few damaged files are for who puts them back to tell of. Where most are, it is the folder that is wrong: put
        back like this, the services would take most pictures for deleted.

        Raises:
            CopyError: more than half of the files are damaged or missing.
        """
        buckets = [str(row[0]) for row in self._index.execute("SELECT DISTINCT bucket FROM objects")]
        count = damaged = 0
        examples: list[str] = []
        for kept in (kept for bucket in buckets for kept in self.objects(bucket)):
            count += 1
            if (fault := self.fault_of(kept)) is not None:
                damaged += 1
                examples = [*examples, fault][:3]
        if 2 * damaged > count:
            raise self._damaged(f"{damaged} of {count} files, such as: {'; '.join(examples)}")

    def _damaged(self, what: str) -> CopyError:
        return CopyError(
            f"The copy in {self.files.parent} is damaged: {what}. Nothing was put back. Put a backup in its place, or "
            "empty the folder to begin without it."
        )

    def remove_leftovers(self) -> None:
        """Remove files that the index does not name: of passes that were cut off."""
        named = "SELECT 1 FROM objects WHERE file = ?"
        names = (path.name for path in self.files.iterdir())
        self._remove([name for name in names if not self._index.execute(named, (name,)).fetchone()])

    def _files_of(self, bucket: str, keys: Iterable[str], but: str = "") -> list[str]:
        one = "SELECT file FROM objects WHERE bucket = ? AND key = ? AND file != ?"
        return [row[0] for key in keys for row in self._index.execute(one, (bucket, key, but))]

    def _remove(self, files: Iterable[str]) -> None:
        for name in files:
            (self.files / name).unlink(missing_ok=True)

    # --- items --------------------------------------------------------------------------------------------------------

    def item_versions(self, table: str) -> dict[str, str]:
        """Return the version of each item's key of a table."""
        return dict(self._index.execute("SELECT key, version FROM items WHERE of_table = ?", (table,)))

    def items(self, table: str) -> Iterator[str]:
        """Yield a table's items in DynamoDB JSON."""
        for row in self._index.execute("SELECT item FROM items WHERE of_table = ?", (table,)):
            yield row[0]

    def keep_items(self, table: str, items: Iterable[KeptItem]) -> None:
        """Take items in, in the place of earlier versions."""
        rows = ((table, each.key, each.version, each.item) for each in items)
        with self._index:
            self._index.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", rows)

    def forget_items(self, table: str, keys: Iterable[str]) -> None:
        """Take items out."""
        rows = [(table, key) for key in keys]
        with self._index:
            self._index.executemany("DELETE FROM items WHERE of_table = ? AND key = ?", rows)
        if rows:
            self._empty_log()

    def _empty_log(self) -> None:
        """Take what was forgotten out of the write-ahead log, too: it may tell of people who were erased.

        Where another process reads the index, that is left to the next time: nobody waits for it.
        """
        self._index.execute("PRAGMA busy_timeout = 0")
        self._index.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._index.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")


def _prepare(index: sqlite3.Connection, path: Path, files: Path) -> None:
    """Make the tables of a new index. Raises CopyError for one that this code does not know, or that lost them."""
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
    index.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
    version = index.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        _require_none(files, path)
        index.executescript(f"BEGIN IMMEDIATE; {FORM} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise CopyError(f"{path} is of version {version}; this program knows {VERSION}. Use a newer one.")


def _require_none(files: Path, path: Path) -> None:
    """Raise CopyError if there are files though no index can name them: as leftovers they would be removed."""
    if any(files.iterdir()):
        raise CopyError(f"{files} has files, but the index {path} is missing or empty. Put it back from a backup.")


def _length(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
