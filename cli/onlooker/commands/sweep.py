"""`onlooker sweep`: sends on what got stuck."""

import asyncio
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from onlooker import terminal
from onlooker.client import SERVICES
from onlooker.commands.options import Data
from onlooker.datafolder import DataFolder
from onlooker.target import Target


def sweep(
    data: Data = None,
    older_than: Annotated[
        float, typer.Option(min=0, help="Seconds something must be unfinished to count as stuck, not as still queued.")
    ] = 900.0,
) -> None:
    """Find pictures without a result, results without an annotation, a document or a notification; send them on."""
    asyncio.run(_sweep(Target(DataFolder.chosen(data)), older_than))


async def _sweep(target: Target, older_than: float) -> None:
    table = Table("service", "looked at", "sent on", box=box.SIMPLE_HEAD)
    async with target.client() as client:
        for service in SERVICES:
            swept = await client.sweep(service, older_than)
            table.add_row(service, str(swept["looked_at"]), str(swept["sent_on"]))
    terminal.output().print(table)
