"""Saves what the emulator holds, and knows an emulator that lost it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import TypeVar

import structlog

from onlooker.keeper.batches import in_batches
from onlooker.keeper.comparison import Comparison, Listed
from onlooker.keeper.copy import Copy, KeptObject
from onlooker.keeper.marker import Marker
from onlooker.keeper.objects import ABOUT_ONE, Objects
from onlooker.keeper.tables import Tables
from onlooker_shared.errors import OnlookerError, describe
from onlooker_shared.topology import Table, Topology

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)


class State(Enum):
    """What the marker says of the emulator."""

    KEPT = auto()
    """It is the one that this copy is of."""
    NEW = auto()
    """This copy has never kept anything: it may take it over."""
    LOST = auto()
    """It has lost its memory: what this copy has is to be put back."""
    LOST_ITEMS = auto()
    """It has lost the memory of its tables alone: the items are to be put back."""


class ForeignEmulatorError(OnlookerError):
    """The emulator holds what another copy keeps; the text says what to do."""


class LostMeanwhileError(OnlookerError):
    """The emulator lost its memory during a pass."""


@dataclass(slots=True)
class Pass:
    """What one pass did, in objects and items."""

    kept: int = 0
    forgotten: int = 0
    unreadable: int = 0
    """Objects that S3 lists and does not give. What was kept of them before is kept still."""


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
        name = self._copy.name
        if name is None:
            return State.NEW
        marks = await self._marker.read()
        others = {marks.objects, marks.items} - {name, None}
        if others:
            raise ForeignEmulatorError(
                f"The emulator is kept by another copy ({', '.join(map(str, others))}) than this one ({name}). To put "
                "this one back, start the emulator anew; to keep what the emulator has, empty the keeper's folder."
            )
        if marks.objects is None:
            return State.LOST
        return State.KEPT if marks.items is not None else State.LOST_ITEMS

    async def mark(self) -> None:
        """Have the emulator known as the one that this copy is of."""
        await self._marker.write(self._copy.name or self._copy.take_name())

    async def save(self) -> Pass:
        """Bring the copy up to date with the emulator, which has to be `State.KEPT`.

        Nothing is forgotten unless the emulator still has its memory after all of it was listed.

        Raises:
            LostMeanwhileError: it has not.
        """
        done = Pass()
        forget: list[Callable[[], None]] = []
        for bucket in self._topology.buckets:
            gone = await self._save_bucket(bucket.name, done)
            done.forgotten += len(gone)
            forget.append(partial(self._copy.forget_objects, bucket.name, gone))
        for table in self._topology.tables:
            gone = await self._save_table(table, done)
            done.forgotten += len(gone)
            forget.append(partial(self._copy.forget_items, table.name, gone))
        await self._require_memory()
        for each in forget:
            each()
        return done

    async def _require_memory(self) -> None:
        if await self.state() is not State.KEPT:
            raise LostMeanwhileError("The emulator lost its memory while it was looked through.")

    async def _save_bucket(self, bucket: str, done: Pass) -> list[str]:
        """Take a bucket's new objects into the copy; return the keys that are gone."""

        async def fetch(listed: Listed) -> KeptObject | None:
            return await self._unless_unreadable(self._objects.fetch(bucket, listed), bucket, listed.key, done)

        async def if_gone(key: str) -> str | None:
            return await self._unless_unreadable(self._objects.if_gone(bucket, key), bucket, key, done)

        versions = self._copy.object_versions(bucket)
        compared = Comparison(versions)
        async for page in self._objects.pages(bucket):
            changed = compared.changed(page)
            ours = [each for each in changed if versions.get(each.key) == each.version_put_back]
            self._copy.change_versions(bucket, ((each.key, each.version) for each in ours))
            new = [each for each in changed if versions.get(each.key) != each.version_put_back]
            async for fetched in in_batches(new, fetch):
                there = [each for each in fetched if each is not None]
                self._copy.keep_objects(there)
                done.kept += len(there)
        return [key async for keys in in_batches(compared.gone, if_gone) for key in keys if key is not None]

    async def _unless_unreadable(self, work: Awaitable[T | None], bucket: str, key: str, done: Pass) -> T | None:
        """Return what work on an object returns; None if it fails because of this object, and not of the emulator.

        An emulator that still tells by which copy it is kept answers otherwise.
        """
        try:
            return await work
        except ABOUT_ONE as error:
            await self._require_memory()
            log.warning("keeper.object_unreadable", bucket=bucket, key=key, reason=describe(error))
            done.unreadable += 1
            return None

    async def _save_table(self, table: Table, done: Pass) -> list[str]:
        """Take a table's new items into the copy; return the keys that are gone."""
        compared = Comparison(self._copy.item_versions(table.name))
        async for page in self._tables.pages(table):
            changed = compared.changed(page)
            self._copy.keep_items(table.name, changed)
            done.kept += len(changed)
        return compared.gone
