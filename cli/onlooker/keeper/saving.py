"""Saves what the emulator holds, and knows an emulator that lost it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from onlooker.keeper.batches import in_batches
from onlooker.keeper.comparison import Comparison
from onlooker.keeper.copy import Copy
from onlooker.keeper.marker import Marker
from onlooker.keeper.objects import Objects
from onlooker.keeper.tables import Tables
from onlooker_shared.errors import OnlookerError
from onlooker_shared.topology import Table, Topology


class State(Enum):
    """What the marker says of the emulator."""

    KEPT = auto()
    """It is the one that this copy is of."""
    NEW = auto()
    """This copy has never kept anything: it may take it over."""
    LOST = auto()
    """It has lost its memory: what this copy has is to be put back."""


class ForeignEmulatorError(OnlookerError):
    """The emulator holds what another copy keeps; the text says what to do."""


class LostMeanwhileError(OnlookerError):
    """The emulator lost its memory during a pass."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did, in objects and items."""

    kept: int
    forgotten: int


class Keeper:
    """Keeps one emulator in one copy.

    Args:
        topology: whose buckets and tables are kept.
        copy: where.
        marker: in the emulator.
        objects: of the emulator.
        tables: of the emulator.
    """

    def __init__(self, *, topology: Topology, copy: Copy, marker: Marker, objects: Objects, tables: Tables) -> None:
        self._topology = topology
        self._copy = copy
        self._marker = marker
        self._objects = objects
        self._tables = tables

    async def state(self) -> State:
        """Return how the emulator and the copy belong together.

        Raises:
            ForeignEmulatorError: they do not.
        """
        name, kept_by = self._copy.name, await self._marker.read()
        if name is None:
            return State.NEW
        if kept_by is None:
            return State.LOST
        if kept_by != name:
            raise ForeignEmulatorError(
                f"The emulator is kept by another copy ({kept_by}) than this one ({name}). To put this one back, start "
                "the emulator anew; to keep what the emulator has, empty the keeper's folder."
            )
        return State.KEPT

    async def mark(self) -> None:
        """Have the emulator known as the one that this copy is of."""
        await self._marker.write(self._copy.name or self._copy.take_name())

    async def save(self) -> Pass:
        """Bring the copy up to date with the emulator, which has to be `State.KEPT`.

        Nothing is forgotten unless the emulator still has its memory after all of it was listed.

        Raises:
            LostMeanwhileError: it has not.
        """
        kept = forgotten = 0
        forget: list[Callable[[], None]] = []
        for bucket in self._topology.buckets:
            count, gone = await self._save_bucket(bucket.name)
            kept, forgotten = kept + count, forgotten + len(gone)
            forget.append(partial(self._copy.forget_objects, bucket.name, gone))
        for table in self._topology.tables:
            count, gone = await self._save_table(table)
            kept, forgotten = kept + count, forgotten + len(gone)
            forget.append(partial(self._copy.forget_items, table.name, gone))
        if await self.state() is not State.KEPT:
            raise LostMeanwhileError("The emulator lost its memory while it was looked through.")
        for each in forget:
            each()
        return Pass(kept, forgotten)

    async def _save_bucket(self, bucket: str) -> tuple[int, list[str]]:
        """Take a bucket's new objects into the copy; return how many they were, and the keys that are gone."""
        versions = self._copy.object_versions(bucket)
        compared = Comparison(versions)
        kept = 0
        async for page in self._objects.pages(bucket):
            changed = compared.changed(page)
            ours = [each for each in changed if versions.get(each.key) == each.version_put_back]
            self._copy.change_versions(bucket, ((each.key, each.version) for each in ours))
            new = [each for each in changed if versions.get(each.key) != each.version_put_back]
            async for fetched in in_batches(new, partial(self._objects.fetch, bucket)):
                there = [each for each in fetched if each is not None]
                self._copy.keep_objects(there)
                kept += len(there)
        gone = in_batches(compared.gone, partial(self._objects.if_gone, bucket))
        return kept, [key async for keys in gone for key in keys if key is not None]

    async def _save_table(self, table: Table) -> tuple[int, list[str]]:
        """Take a table's new items into the copy; return how many they were, and the keys that are gone."""
        compared = Comparison(self._copy.item_versions(table.name))
        kept = 0
        async for page in self._tables.pages(table):
            changed = compared.changed(page)
            self._copy.keep_items(table.name, changed)
            kept += len(changed)
        return kept, compared.gone
