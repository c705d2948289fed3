"""What searches filter, sort and count by, in memory in columns: one number for each picture, label, face, ...

SQLite reads rows one by one, about a million in a second, and a hundred thousand pictures have that many labels alone.
Arrays are gone through a hundred times as fast. They are loaded from the database at the start, changed by each commit,
and hold nothing that the database does not.
"""

from onlooker_tagger.sqlite.columns.entry import Entry
from onlooker_tagger.sqlite.columns.snapshot import Snapshot
from onlooker_tagger.sqlite.columns.table import Table

__all__ = ["Entry", "Snapshot", "Table"]
