"""SQLite as the tagger's index."""

from onlooker_tagger.sqlite.index import SqliteIndex, open_index

__all__ = ["SqliteIndex", "open_index"]
