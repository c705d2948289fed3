"""`onlooker queues` and `onlooker redrive`: what waits, what went wrong and why, and trying it again."""

import asyncio
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.queue.deadletters import DeadLetter
from onlooker_shared.queue.operated import LOOKED_AT, QueueState, open_queue


def queues(data: Data = None, json: Json = False) -> None:
    """Show each queue: waiting, in work, dead letters with their reasons."""
    asyncio.run(_queues(Target(DataFolder.chosen(data)), terminal.output(), json=json))


def redrive(
    queue: Annotated[
        str, typer.Argument(help="The queue whose dead letters are tried again, as `onlooker queues` names it.")
    ],
    data: Data = None,
) -> None:
    """Send a queue's dead letters through it once more."""
    asyncio.run(_redrive(Target(DataFolder.chosen(data)), terminal.output(), queue))


async def _queues(target: Target, console: Console, *, json: bool) -> None:
    if not json:
        await print_states(target, console)
        return
    found = await _look(target)
    console.print_json(data=[_as_json(state, letters) for state, letters in found])


async def print_states(target: Target, console: Console) -> bool:
    """Print a table of the queues, and their dead letters; returns whether there are any dead letters."""
    found = await _look(target)
    table = Table("queue", "waiting", "in work", "dead letters", box=box.SIMPLE_HEAD)
    for state, _ in found:
        cells = (str(state.waiting + state.delayed), str(state.in_work), str(state.dead))
        table.add_row(state.name, *cells, style="red" if state.dead else "")
    console.print(table)
    for state, letters in found:
        if letters:
            reasons = Table(title=f"dead letters of {state.name}", title_justify="left", box=box.SIMPLE_HEAD)
            reasons.add_column("reason", overflow="fold")
            reasons.add_column("message", overflow="fold")
            for letter in letters:
                reasons.add_row(letter.reason, letter.summary)
            console.print(reasons)
    return any(state.dead for state, _ in found)


async def _look(target: Target) -> list[tuple[QueueState, list[DeadLetter]]]:
    async with target.aws() as (aws, settings):
        sqs = await aws.client("sqs")
        queues = [await open_queue(sqs, declared) for declared in settings.topology.queues]
        states = await asyncio.gather(*(queue.state() for queue in queues))
        return [
            (state, await queue.dead_letters(min(LOOKED_AT, state.dead)) if state.dead else [])
            for queue, state in zip(queues, states, strict=True)
        ]


async def _redrive(target: Target, console: Console, queue: str) -> None:
    async with target.aws() as (aws, settings):
        declared = {q.name: q for q in settings.topology.queues}
        if queue not in declared:
            raise ConfigurationError(f"There is no queue '{queue}'. The queues are: {', '.join(declared)}.")
        count = await (await open_queue(await aws.client("sqs"), declared[queue])).redrive()
    console.print(f"{words.many(count, 'dead letter')} of {queue} sent on again.")


def _as_json(state: QueueState, letters: list[DeadLetter]) -> dict[str, object]:
    return {
        "queue": state.name,
        "waiting": state.waiting + state.delayed,
        "in_work": state.in_work,
        "dead_letters": state.dead,
        "reasons": [letter.reason for letter in letters],
    }
