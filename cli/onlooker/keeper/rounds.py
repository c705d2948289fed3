"""The keeper's rounds: look, put back if need be, save, rest; until told to stop, and then once more."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker.datalock import DataFolderBusyError, DataLock
from onlooker.keeper.copy import Copy, CopyError
from onlooker.keeper.objects import ObjectError
from onlooker.keeper.ready import Ready
from onlooker.keeper.restoring import Restorer
from onlooker.keeper.saving import Keeper, State
from onlooker_shared.errors import OnlookerError, describe

SHORTEST, LONGEST = 2.0, 60.0
"""Seconds between two passes."""
SHARE = 9.0
"""How many times as long as a pass the rest after it is: so a pass takes at most a tenth of the emulator's time."""
LOCK_EVERY = 0.1
"""Seconds between two looks whether the folder is free."""
LOST = (State.LOST, State.LOST_ITEMS)
FAILURES = (BotoCoreError, ClientError, OSError, sqlite3.Error, OnlookerError)
"""What a round may fail by: the emulator, the disk, or one of them in an unexpected state."""

log = structlog.stdlib.get_logger(__name__)


def rest_after(seconds: float) -> float:
    """Return how many seconds to rest after a pass that took so many."""
    return min(LONGEST, max(SHORTEST, SHARE * seconds))


class Rounds:
    """Goes round after round.

    Args:
        folder: of the copy; locked while it or the emulator is changed, for `--restore` may run beside.
        copy: in the folder.
        keeper: saves.
        restorer: puts back.
        provision: makes what the services need beside objects and items, in an emulator that lost it.
        sweep: has the services derive what the queues held, beside the rounds; returns whether all did.
        ready: told after each round.
    """

    def __init__(
        self,
        *,
        folder: Path,
        copy: Copy,
        keeper: Keeper,
        restorer: Restorer,
        provision: Callable[[], Awaitable[object]],
        sweep: Callable[[], Awaitable[bool]],
        ready: Ready,
    ) -> None:
        self._folder = folder
        self._copy = copy
        self._keeper = keeper
        self._restorer = restorer
        self._provision = provision
        self._sweep = sweep
        self._ready = ready

    async def restore(self) -> None:
        """Put the copy back if the emulator lost its memory, once.

        Raises:
            CopyError: the copy is damaged.
            ForeignEmulatorError: another copy keeps the emulator.
        """
        async with self._folder_to_itself():
            state = await self._keeper.state()
            if state in LOST:
                await self._put_back(state)
                await self._keeper.mark()
            else:
                log.info("keeper.nothing_to_restore", emulator=state.name.lower())

    async def run(self, stopping: asyncio.Event) -> bool:
        """Go on until told to stop, then save once more; return whether that went well.

        Raises:
            CopyError: the copy is damaged, and the emulator lost what it holds.
        """
        self._ready.tell(False)  # a process that was killed may have left word
        async with self._folder_to_itself():
            self._copy.remove_leftovers()
        async with self._sweeping() as sweep:
            while not stopping.is_set():
                began = time.monotonic()
                self._ready.tell(await self._try(self.once))
                sweep()
                rest = rest_after(time.monotonic() - began)
                try:
                    async with asyncio.timeout(rest):
                        await stopping.wait()
                except TimeoutError:
                    continue
        log.info("process.stopping")
        return await self._try(self._save)

    async def sweep_if_due(self) -> None:
        """Have the services sweep if that is due; if not all could, it stays so.

        Not while anything is still to be put back: of a picture that is missing they would delete all that it led to.
        """
        due = self._copy.sweep_due
        if due is not None and await self._keeper.state() is State.KEPT and await self._sweep():
            self._copy.swept(due)

    @asynccontextmanager
    async def _sweeping(self) -> AsyncIterator[Callable[[], None]]:
        """Yield what begins a sweep that is due, unless one goes on: it may take minutes, and passes do not wait."""
        sweeping: asyncio.Task[bool] | None = None

        def begin() -> None:
            nonlocal sweeping
            if sweeping is None or sweeping.done():
                if sweeping is not None:
                    sweeping.result()  # raises what no round expects
                sweeping = asyncio.create_task(self._try(self.sweep_if_due))

        try:
            yield begin
        finally:
            if sweeping is not None:
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)

    async def _try(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Return whether work went well; what failed is logged, and tried again by the next round."""
        try:
            await work()
        except CopyError:
            raise
        except FAILURES as error:
            log.warning("keeper.pass_failed", reason=describe(error))
            return False
        return True

    async def once(self) -> None:
        """Go one round: put back if need be, and save.

        Raises:
            CopyError: the copy is damaged, and the emulator lost what it holds.
            Exception: any of `FAILURES`; the next round tries all of it again.
        """
        async with self._folder_to_itself():
            state = await self._keeper.state()
            if state in LOST:
                log.warning(
                    "keeper.emulator_lost_its_memory", lost="tables" if state is State.LOST_ITEMS else "everything"
                )
                await self._put_back(state)
                await self._provision()
            if state is not State.KEPT:
                await self._keeper.mark()
            await self._save_now()

    async def _save(self) -> None:
        async with self._folder_to_itself():
            if await self._keeper.state() is State.KEPT:
                await self._save_now()

    async def _save_now(self) -> None:
        began = time.monotonic()
        done = await self._keeper.save()
        if done.kept or done.forgotten:
            seconds = round(time.monotonic() - began, 2)
            log.info("keeper.saved", kept=done.kept, forgotten=done.forgotten, seconds=seconds)
        if done.unreadable:
            raise ObjectError(f"{done.unreadable} objects could not be read; all others are kept.")

    async def _put_back(self, state: State) -> None:
        began = time.monotonic()
        done = await (self._restorer.restore() if state is State.LOST else self._restorer.restore_items())
        seconds = round(time.monotonic() - began, 2)
        tell = log.error if done.not_put_back else log.info
        told = {"objects": done.objects, "not_put_back": done.not_put_back, "items": done.items}
        tell("keeper.restored", **told, seconds=seconds)

    @asynccontextmanager
    async def _folder_to_itself(self) -> AsyncIterator[None]:
        """Hold the folder's lock, and wait for it first."""
        lock = DataLock(self._folder)
        while True:
            try:
                lock.acquire()
                break
            except DataFolderBusyError:
                await asyncio.sleep(LOCK_EVERY)
        try:
            yield
        finally:
            lock.release()
