"""Rules: which there are, and silence for a while."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.alerts.named import Rule, rule_named
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Seconds."""
LONGEST = 366 * UNITS["d"]
"""Seconds that a rule may be muted for."""

Told = dict[str, Any]
"""What the API tells of a rule."""


def rules(data: Data = None, json: Json = False) -> None:
    """List the rules."""
    found = ask(data, lambda client: client.rules())
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found:
        console.print("There are no rules: make them in the console, or `onlooker alerts import FILE`.")
    else:
        console.print(_table_of(found))


def mute(
    rule: Rule,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 90s, 30m, 8h or 7d.")] = "1h",
    data: Data = None,
) -> None:
    """Have a rule tell nobody for a while. What it does not tell meanwhile is not told later."""
    seconds = _seconds(length)

    async def muted(client: OnlookerClient) -> Told:
        return await client.mute(await rule_named(client, rule), seconds)

    made = ask(data, muted)
    said = f"{made['name']} is muted until {words.minute(made['muted_until'])} (UTC)."
    terminal.output().print(said, soft_wrap=True)


def unmute(rule: Rule, data: Data = None) -> None:
    """Have a rule tell again."""

    async def told(client: OnlookerClient) -> Told:
        return await client.unmute(await rule_named(client, rule))

    made = ask(data, told)
    off = "" if made["enabled"] else ", once it is switched on"
    terminal.output().print(f"{made['name']} tells again{off}.", soft_wrap=True)


def _table_of(found: list[Told]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("id", overflow="fold")
    table.add_column("name", overflow="fold")
    table.add_column("state", overflow="fold")
    table.add_column("tells by", no_wrap=True)
    table.add_column("version", no_wrap=True, justify="right")
    for each in found:
        count = words.many(len(each["channels"]), "channel") if each["channels"] else "nobody"
        table.add_row(each["rule_id"], each["name"], _state(each), count, str(each["version"]))
    return table


def _state(rule: Told) -> str:
    if not rule["enabled"]:
        return "off"
    until = rule["muted_until"]
    muted = until is not None and datetime.fromisoformat(until) > datetime.now(UTC)
    return f"muted until {words.minute(until)} (UTC)" if muted else "on"


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    seconds = int(found[1]) * UNITS[found[2]] if found else 0
    if not 0 < seconds <= LONGEST:
        raise typer.BadParameter(f"'{text}' is no time such as 90s, 30m, 8h or 7d, a year at most.", param_hint="--for")
    return seconds
