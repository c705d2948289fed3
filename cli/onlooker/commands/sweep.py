"""`onlooker sweep`: sends on what got stuck."""

from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal
from onlooker.client import SERVICES, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json


def sweep(
    data: Data = None,
    older_than: Annotated[
        float, typer.Option(min=0, help="Seconds something must be unfinished to count as stuck, not as still queued.")
    ] = 900.0,
    json: Json = False,
) -> None:
    """Find pictures without a result, results without an annotation, a document or a notification; send them on."""
    with terminal.working("looking through all that is stored"):
        swept = ask(data, lambda client: _sweep(client, older_than))
    if json:
        terminal.output().print_json(data=swept)
    else:
        terminal.output().print(_table_of(swept))


async def _sweep(client: OnlookerClient, older_than: float) -> list[dict[str, Any]]:
    """Have every service sweep, one after the other, and return what came of it."""
    return [{"service": service, **await client.sweep(service, older_than)} for service in SERVICES]


def _table_of(swept: list[dict[str, Any]]) -> Table:
    table = Table("service", box=box.SIMPLE_HEAD)
    for heading in ("looked at", "sent on"):
        table.add_column(heading, justify="right")
    for each in swept:
        table.add_row(each["service"], f"{each['looked_at']:,}", f"{each['sent_on']:,}")
    return table
