"""What was sent or refused: listed, acknowledged, sent again."""

import re
import uuid
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.alerts.channels import PATIENCE, STYLES
from onlooker.commands.alerts.standing import Standing, standing
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker_shared.errors import NotFoundError

DELIVERY_ID = re.compile("[0-9]{13}-[0-9a-z-]{1,64}")
"""It begins with when it was: later ones are greater."""
PAGE = 100
PAGES = 10
"""Of deliveries, newest first, among which one is looked for whose standing is only good to know."""

Delivery = dict[str, Any]
"""What the API tells of a message to one receiver."""
OneOf = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as `onlooker alerts sent` shows it.")]


def sent(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List what was sent or refused, newest first, and whether somebody acknowledged it."""
    found = ask(data, lambda client: client.deliveries(limit))["deliveries"]
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found:
        console.print(
            "Nothing was sent yet. `onlooker alerts rules` lists who would be told of what, and "
            "`onlooker alerts decisions` what was not told, and why.",
            soft_wrap=True,
        )
    else:
        console.print(_table_of(found))
        if any(each.awaited for each in map(standing, found) if each):
            console.print("Somebody sees to one: onlooker alerts acknowledge DELIVERY", soft_wrap=True)


def acknowledge(delivery: OneOf, data: Data = None, json: Json = False) -> None:
    """Say that you see to what was told, so that it is not escalated; by whichever channels it went.

    Who does so first counts. Exits 1 if the rule did not escalate when it told this.
    """
    before, made = ask(data, lambda client: _acknowledge(client, delivery))
    if json:
        terminal.output().print_json(data=made)
    else:
        terminal.output().print(_acknowledged(before, made), soft_wrap=True)


def again(delivery: OneOf, data: Data = None, json: Json = False) -> None:
    """Send a message again, as it was, by the same channel, and say what the other side said.

    Exits 1 if it was not taken.
    """
    delivery = _id_of(delivery)
    with terminal.working("waiting for what the other side says"):
        made = ask(data, lambda client: client.send_again(delivery, uuid.uuid4().hex, PATIENCE))
    outcome = made["outcome"]
    if json:
        terminal.output().print_json(data=made)
    else:
        said = f"{outcome['status']}: {outcome['reason'] or outcome['answer'] or made['subject']}"
        terminal.output().print(said, style=STYLES.get(outcome["status"], ""), soft_wrap=True)
    if outcome["status"] != "sent":
        raise typer.Exit(1)


async def _acknowledge(client: OnlookerClient, delivery: str) -> tuple[Standing | None, dict[str, Any]]:
    """Return how far a message was before, if that is known, and the acknowledgement that counts."""
    delivery_id = _id_of(delivery)
    before = await _standing(client, delivery_id)
    return before, await client.acknowledge(delivery_id)


async def _standing(client: OnlookerClient, delivery_id: str) -> Standing | None:
    """Return how far a message is; None if it is not among the newest, or these cannot be read.

    That is only good to know: what is in its way must not keep anybody from acknowledging.
    """
    cursor: str | None = None
    for _ in range(PAGES):
        try:
            page = await client.deliveries(PAGE, cursor)
        except ApiError:
            return None
        listed, cursor = page["deliveries"], page["cursor"]
        found = next((each for each in listed if each["delivery_id"] == delivery_id), None)
        if found is not None:
            return standing(found)
        if cursor is None or not listed or listed[-1]["delivery_id"] < delivery_id:
            return None
    return None


def _acknowledged(before: Standing | None, made: dict[str, Any]) -> str:
    """Return what an acknowledgement came to, in words."""
    who = f"{made['by'] or 'the link in a mail'}, {words.minute(made['at'])} (UTC)"
    match before.state if before else None:
        case "acknowledged":
            return f"It was acknowledged before: by {who}."
        case "escalated":
            return f"Acknowledged by {who}. It was escalated before: others know of it, too."
        case "dropped":
            return f"Acknowledged by {who}. It would not have been escalated any more."
        case "awaited":
            return f"Acknowledged by {who}: it is not escalated."
        case _:
            return f"Acknowledged by {who}."


def _id_of(delivery: str) -> str:
    """Return the id of a delivery. Raises NotFoundError if it can be none: then nothing need be asked."""
    if not DELIVERY_ID.fullmatch(delivery):
        raise NotFoundError(f"'{delivery}' is no id of a delivery; `onlooker alerts sent` lists them.")
    return delivery


def _table_of(found: list[Delivery]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("delivery, when (UTC)", no_wrap=True)  # ids whole, as they are what names one
    table.add_column("status", no_wrap=True)
    table.add_column("message", overflow="fold")
    for each in found:
        outcome = each["outcome"]
        status = "given up" if outcome["given_up"] else outcome["status"]
        named = f"{each['delivery_id']}\n{words.minute(outcome['at'])}"
        table.add_row(named, Text(status, STYLES.get(outcome["status"], "")), _message(each))
    return table


def _message(delivery: Delivery) -> Text:
    """Return what was told to whom, why it was refused, and whether somebody has seen to it."""
    lines = [
        Text(delivery["subject"].translate(terminal.CONTROLS)),
        Text(f"to {delivery['channel_name'] or delivery['target']}".translate(terminal.CONTROLS), "dim"),
    ]
    if reason := delivery["outcome"]["reason"]:
        lines.append(Text(reason.translate(terminal.CONTROLS), "red"))
    if how := standing(delivery):
        lines.append(Text(how.words.translate(terminal.CONTROLS), "yellow" if how.awaited else "green"))
    return Text("\n").join(lines)
