"""`onlooker trace`: one picture's way through the logs of all services."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal
from onlooker.client import NOT_FOUND, ApiError, OnlookerClient
from onlooker.commands.options import Data, Json
from onlooker.commands.which_picture import id_of
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker.timeline import Line, timeline
from onlooker_shared.errors import ConfigurationError

STANDARD_INPUT = Path("-")
WHERE = (
    "Say where the logs are: files, or - for standard input, as in `docker compose logs --no-color | onlooker trace "
    "IMAGE -`."
)
NOTHING = (
    "These logs have no line about it. Services write them at ONLOOKER_LOG_LEVEL=INFO with ONLOOKER_LOG_FORMAT=json."
)


@dataclass(frozen=True, slots=True)
class Traced:
    """What is looked for in the logs."""

    name: str
    image_id: str
    trace_id: str | None

    @property
    def ids(self) -> set[str]:
        """What lines name it by."""
        return {known for known in (self.image_id, self.trace_id) if known}


def trace(
    image: Annotated[str, typer.Argument(help="An image id, or the picture's key, with or without BUCKET/.")],
    logs: Annotated[
        list[Path] | None,
        typer.Argument(help="Files with the services' logs, - for standard input; what runs here has its own."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Follow one picture through the logs of all services. Exits 1 if they have no line about it."""
    target = Target(DataFolder.chosen(data))
    files = logs or _own_logs(target)
    traced = asyncio.run(_traced(target, image))
    found = timeline(_lines(files), traced.ids)
    console = terminal.output()
    if json:
        console.print_json(data=[line.entry for line in found])
    else:
        _print(console, traced, found)
    if not found:
        terminal.messages().print(NOTHING, style="red", soft_wrap=True)
        raise typer.Exit(1)


def _own_logs(target: Target) -> list[Path]:
    """Return the logs that what runs on the data folder keeps there.

    Raises:
        ConfigurationError: it is another installation that is meant, or there are none.
    """
    found = target.folder.logs() if target.runs_here else []
    if not found:
        raise ConfigurationError(WHERE)
    return found


async def _traced(target: Target, image: str) -> Traced:
    """Return the picture that somebody named. Of one that is not recognized yet, logs may know more than services."""
    async with target.client() as client:
        image_id = await id_of(client, image)
        try:
            return await _known(client, image_id)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            return Traced("a picture that nothing is known of yet", image_id, None)


async def _known(client: OnlookerClient, image_id: str) -> Traced:
    known = await client.recognition(image_id)
    return Traced(f"{known['image']['bucket']}/{known['image']['key']}", image_id, known.get("trace_id"))


def _lines(files: Sequence[Path]) -> Iterator[str]:
    for path in files:
        if path == STANDARD_INPUT:
            yield from sys.stdin
            continue
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from file
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error


def _print(console: Console, traced: Traced, found: Sequence[Line]) -> None:
    console.print(traced.name, style="bold", soft_wrap=True)
    console.print(f"id {traced.image_id}, trace {traced.trace_id or 'not known yet'}", soft_wrap=True)
    if not found:
        return
    table = Table("UTC", "+ms", "", "service", "event", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    table.add_column("", overflow="fold")
    for line in found:
        since = (line.at - found[0].at).total_seconds()
        cells = (f"{line.at:%H:%M:%S.%f}"[:-3], f"{1000 * since:.0f}", "!" if line.is_bad else "")
        table.add_row(*cells, line.service, line.event, line.said, style="red" if line.is_bad else "")
    console.print(table)
