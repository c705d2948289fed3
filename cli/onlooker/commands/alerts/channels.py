"""Channels: which there are, which of them fail, and what the other side of one says."""

from datetime import UTC, datetime
from typing import Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.alerts.named import Channel, channel_named
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json

PATIENCE = 60.0
"""Seconds: a channel that is tried may take 40 to answer."""
STYLES = {"sent": "green", "refused": "red", "failed": "red", "unanswered": "yellow"}
"""Of what became of a message, by the notifier's words."""

Told = dict[str, Any]
"""What the API tells of a channel."""


def channels(data: Data = None, json: Json = False) -> None:
    """List the channels, and which of them fail."""
    found = ask(data, lambda client: client.channels())
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found:
        console.print(
            "There are no channels: make them in the console. Rules may mail, or publish to SNS, without one.",
            soft_wrap=True,
        )
    else:
        console.print(_table_of(found))


def try_channel(channel: Channel, data: Data = None, json: Json = False) -> None:
    """Send a test message by a channel, and say what the other side said. Exits 1 if it was not taken."""

    async def tried(client: OnlookerClient) -> dict[str, Any]:
        return await client.try_channel(await channel_named(client, channel), PATIENCE)

    with terminal.working("waiting for what the other side says"):
        found = ask(data, tried)
    if json:
        terminal.output().print_json(data=found)
    else:
        said = f"{found['status']} after {found['took_ms']} ms: {found['answer']}"
        terminal.output().print(said, style=STYLES.get(found["status"], ""), soft_wrap=True)
    if found["status"] != "sent":
        raise typer.Exit(1)


def _table_of(found: list[Told]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("id", no_wrap=True)
    table.add_column("name", overflow="fold")
    table.add_column("type", no_wrap=True)
    table.add_column("state", overflow="fold")
    for each in found:
        style = "red" if each["fuse"]["failures"] else ""
        table.add_row(each["channel_id"], each["name"], each["type"], _state(each["fuse"]), style=style)
    return table


def _state(fuse: dict[str, Any]) -> str:
    if not fuse["failures"]:
        return "works"
    since = f" since {_minute(fuse['failing_since'])}" if fuse["failing_since"] is not None else ""
    again = f", tried again {_minute(fuse['open_until'])}" if fuse["state"] == "open" else ""
    return f"failed {words.many(fuse['failures'], 'time')}{since}{again} (UTC): {fuse['reason']}"


def _minute(moment: float) -> str:
    return words.minute(datetime.fromtimestamp(moment, UTC).isoformat())
