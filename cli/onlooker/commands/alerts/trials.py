"""A rule over the newest pictures: which messages it would have sent, and of which it would not tell, and why."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.alerts.named import Rule, rule_named
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json

Trial = dict[str, Any]
"""What the API tells of a rule that was tried."""
OCCASIONS = {"at_once": "at once", "interval": "its interval was over", "quiet_hours": "its quiet hours were over"}
"""Why a message is sent when it is, by the notifier's names; of others, that name is shown."""


def try_rule(
    rule: Rule,
    pictures: Annotated[int, typer.Option(min=1, max=500, help="How many of the newest.")] = 100,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say which messages a rule would have sent of the newest pictures, and of which it would not tell, and why.

    Nothing is sent. It is tried as if it were switched on and had told nothing before.
    """

    async def trial(client: OnlookerClient) -> Trial:
        return await client.try_rule(await rule_named(client, rule), pictures)

    with terminal.working("looking at pictures"):
        found = ask(data, trial)
    if json:
        terminal.output().print_json(data=found)
    else:
        _print(terminal.output(), found)


def _print(console: Console, found: Trial) -> None:
    if not found["pictures"]:
        console.print("There are no pictures yet to try it with: `onlooker upload` sends some.")
        return
    console.print(_pictures(found["pictures"]))
    if found["messages"]:
        console.print(_messages(found))
    for absence in found["absences"]:
        since, told_at = words.minute(absence["since"]), words.minute(absence["told_at"])
        console.print(f"Nothing came from {since} on: it would have told of that at {told_at} (UTC).", soft_wrap=True)
    looked_at, messages = words.many(len(found["pictures"]), "picture"), words.many(found["sent"], "message")
    console.print(f"It would tell of {found['told']} of the {looked_at} looked at, in {messages}.")
    console.print(f"Times are those of {found['zone']}.", style="dim")
    for warning in _warnings(found):
        console.print(warning, style="yellow", soft_wrap=True)


def _pictures(found: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("picture", overflow="fold")
    table.add_column("told", no_wrap=True)
    table.add_column("of what, or why not", overflow="fold")
    for each in found:
        told = f"message {each['message']}" if each["tells"] else "no"
        table.add_row(each["key"], told, _why(each), style=None if each["tells"] else "dim")
    return table


def _why(picture: dict[str, Any]) -> str:
    """Return of what in a picture is told, or why it is not, and until when."""
    if not picture["why_not"]:
        named = ", ".join([*picture["persons"], *picture["labels"], *picture["texts"]])
        return named or (words.many(len(picture["faces"]), "face") if picture["faces"] else "")
    until = f", until {words.minute(picture['until'])}" if picture["until"] else ""
    return f"{picture['why_not']['reason']}{until}"


def _messages(found: Trial) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("message", no_wrap=True, justify="right")
    table.add_column(f"when ({found['zone']})", no_wrap=True)
    table.add_column("pictures", no_wrap=True, justify="right")
    table.add_column("what it says", overflow="fold")
    for each in found["messages"]:
        said = "\n".join(line for line in (each["subject"], each["remark"]) if line)
        why = OCCASIONS.get(each["occasion"], each["occasion"].replace("_", " "))
        why = "waits for more" if each["waiting"] else why
        table.add_row(str(each["number"]), f"{words.minute(each['at'])}\n{why}", str(each["pictures"]), said)
    return table


def _warnings(found: Trial) -> Iterator[str]:
    """Yield what is in the way of its telling now, and of knowing all of it."""
    if found["sent"] > len(found["messages"]):
        yield f"Of the messages, the last {len(found['messages'])} are shown."
    if not found["complete"]:
        yield "There are so many pictures that newer ones may be missing here."
    if not found["enabled"]:
        yield "The rule is off, so it tells nobody now."
    elif found["muted_until"]:
        yield f"The rule is muted until {words.minute(found['muted_until'])} (UTC)."
    if not found["channels"]:
        yield "The rule has no channel, so nobody would hear of it."
