"""`onlooker sweep`: sends on what got stuck."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from onlooker import terminal
from onlooker.client import SERVICES, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data


def sweep(
    data: Data = None,
    older_than: Annotated[
        float, typer.Option(min=0, help="Seconds something must be unfinished to count as stuck, not as still queued.")
    ] = 900.0,
) -> None:
    """Find pictures without a result, results without an annotation, a document or a notification; send them on."""
    with terminal.working("looking through all that is stored"):
        table = ask(data, lambda client: _sweep(client, older_than))
    terminal.output().print(table)


async def _sweep(client: OnlookerClient, older_than: float) -> Table:
    """Have every service sweep, and return a table of what came of it."""
    table = Table("service", "looked at", "sent on", box=box.SIMPLE_HEAD)
    for service in SERVICES:
        swept = await client.sweep(service, older_than)
        table.add_row(service, f"{swept['looked_at']:,}", f"{swept['sent_on']:,}")
    return table
