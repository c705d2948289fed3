"""`onlooker queues` and `onlooker redrive`: what waits, what went wrong and why, and trying it again."""

import asyncio
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import QUEUES, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker_shared.errors import ConfigurationError

LETTERS = 50
"""Dead letters of a queue that are shown, at most: as many as a service tells."""

Queue = dict[str, Any]
"""What a service tells of a queue."""


def queues(data: Data = None, json: Json = False) -> None:
    """Show each queue: waiting, in work, dead letters with their reasons. Needs a key with the scope `admin`."""
    found = ask(data, _look)
    console = terminal.output()
    if json:
        console.print_json(data=[_as_json(queue) for queue in found])
    else:
        _print(console, found)


def redrive(
    queue: Annotated[
        str,
        typer.Argument(
            help="Whose dead letters are tried again: as `queues` names it, or in short, as in `recognizer-people`."
        ),
    ],
    data: Data = None,
) -> None:
    """Send a queue's dead letters through it once more. Needs a key with the scope `admin`."""
    count = ask(data, lambda client: _redrive(client, queue))
    terminal.output().print(f"{words.many(count, 'dead letter')} of {queue} sent on again.")


async def print_states(client: OnlookerClient, console: Console) -> bool:
    """Print a table of the queues, and their dead letters; returns whether there are any dead letters."""
    found = await _look(client)
    _print(console, found)
    return any(queue["dead"] for queue in found)


async def _look(client: OnlookerClient, letters: int = LETTERS) -> list[Queue]:
    return list(await asyncio.gather(*(client.queue(name, letters) for name in QUEUES)))


async def _redrive(client: OnlookerClient, named: str) -> int:
    """Send on the dead letters that there are now, in as many requests as it takes; return how many they were.

    What fails once more meanwhile is a dead letter again, and left, or this would go on for ever.
    """
    queue = _named(named, await _look(client, 0))
    moved = 0
    while moved < queue["dead"]:
        done = (await client.redrive(queue["service"]))["redriven"]
        if not done:
            break
        moved += done
    return moved


def _named(named: str, queues: list[Queue]) -> Queue:
    for queue in queues:
        if named in {queue["service"], queue["name"]}:
            return queue
    names = ", ".join(queue["name"] for queue in queues)
    raise ConfigurationError(
        f"There is no queue '{named}'. The queues are: {names}; or, in short: {', '.join(QUEUES)}."
    )


def _print(console: Console, found: list[Queue]) -> None:
    table = Table("queue", box=box.SIMPLE_HEAD)
    for heading in ("waiting", "in work", "dead letters"):
        table.add_column(heading, justify="right")
    for queue in found:
        counts = (queue["waiting"] + queue["delayed"], queue["in_work"], queue["dead"])
        cells = (f"{count:,}" for count in counts)
        table.add_row(queue["name"], *cells, style="red" if queue["dead"] else "")
    console.print(table)
    for queue in found:
        if queue["dead_letters"]:
            console.print(f"dead letters of {queue['name']}", style="italic")
            reasons = Table(box=box.SIMPLE_HEAD)
            reasons.add_column("reason", overflow="fold")
            reasons.add_column("message", overflow="fold")
            for letter in queue["dead_letters"]:
                reasons.add_row(letter["reason"], letter["summary"])
            console.print(reasons)


def _as_json(queue: Queue) -> dict[str, object]:
    return {
        "service": queue["service"],
        "queue": queue["name"],
        "waiting": queue["waiting"] + queue["delayed"],
        "in_work": queue["in_work"],
        "dead_letters": queue["dead"],
        "reasons": [letter["reason"] for letter in queue["dead_letters"]],
        "letters": queue["dead_letters"],
    }
