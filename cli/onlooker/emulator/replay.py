"""Brings DynamoDB's tables back from the journal."""

import logging
from pathlib import Path

from onlooker.emulator.forgetting import deletes
from onlooker.emulator.inprocess import Account, RefusedError, Tables
from onlooker.emulator.journal import ADVICE, JournalDamagedError, Rewrite, recover
from onlooker.emulator.snapshot import shorten
from onlooker.emulator.tables import TableHistory

SHORTEN_ABOVE_BYTES = 1 << 20  # a smaller journal is replayed in less than a second

log = logging.getLogger(__name__)


async def restore(path: Path, tables: Tables, now: float) -> TableHistory:
    """Fill `tables` from the journal at `path`, which is made if it is not there.

    It is written anew if it is long, or still has what was deleted. `now` is as in `shorten`. Returns what made the
    tables. Raises JournalDamagedError, OSError.
    """
    _make_sure_of(path)
    history, has_deleted = await _replay(path, tables)
    if has_deleted or _size(path) > SHORTEN_ABOVE_BYTES:
        await shorten(path, tables, history, now)
    return history


async def _replay(path: Path, tables: Tables) -> tuple[TableHistory, bool]:
    """Return what made the tables, and whether anything was deleted."""
    history, has_deleted = TableHistory(), False
    count = 0
    for writes in recover(path):
        for write in writes:
            count += 1
            try:
                await tables.execute(Account(write.account, write.region), write.operation, write.body)
            except RefusedError as error:
                raise JournalDamagedError(
                    f"{path}: write {count} was accepted once and is refused now ({error}). {ADVICE}"
                ) from error
            history.add(write)
            has_deleted = has_deleted or deletes(write.operation, write.body)
    log.info("%s: %d writes replayed", path, count)
    return history, has_deleted


def _make_sure_of(path: Path) -> None:
    if not path.exists():
        with Rewrite(path) as new:
            new.adopt()


def _size(path: Path) -> int:
    return path.stat().st_size
