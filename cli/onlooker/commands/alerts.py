"""`onlooker alerts`: rules and channels, what was sent and what was not; rules as one YAML file, and both tried."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError, NotFoundError

T = TypeVar("T")

YAML = {"Content-Type": "application/yaml"}
PATIENCE = 60.0
"""Seconds: a channel that is tried may take 40 to answer."""
STYLES = {"sent": "green", "refused": "red", "failed": "red", "unanswered": "yellow"}

REASONS = {
    "cooling_down": "the same was told shortly before",
    "disabled": "the rule was off",
    "muted": "the rule was muted",
    "deleted": "the rule was deleted",
    "daily_limit": "as many messages were sent as a day may have",
    "quiet_hours": "it came in quiet hours",
    "not_escalated": "the rule does not escalate any more",
}
"""Why something was not told, by the notifier's names; of others, that name is shown."""
TOLD = {"held": "later", "not_escalated": "not escalated"}
"""What became of it, likewise; of others nobody was told."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Seconds."""

app = typer.Typer(help="Rules, channels, and what was sent. Changing and trying needs the scope `alerts:write`.")

Named = Annotated[str, typer.Argument(help="Its id, or its name.", show_default=False)]


@app.command()
def rules(data: Data = None, json: Json = False) -> None:
    """List the rules."""
    found = _asked(data, lambda client: client.alerts("GET", "rules")).json()
    table = _table("id", "name", "on", "tells by", "version")
    for each in found:
        count = words.many(len(each["channels"]), "channel") if each["channels"] else "nobody"
        table.add_row(each["rule_id"], each["name"], "on" if each["enabled"] else "off", count, str(each["version"]))
    _print(found, table, json)


@app.command("export")
def export_rules(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output if not given.")] = None,
    data: Data = None,
) -> None:
    """Write all rules as one YAML document. Secrets of channels are not in it."""
    text = _asked(data, lambda client: client.alerts("GET", "rules.yaml")).text
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")


@app.command("import")
def import_rules(
    file: Annotated[Path, typer.Argument(help="As `onlooker alerts export` writes it.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before rules are deleted.")] = False,
    data: Data = None,
) -> None:
    """Have the rules be those of a YAML document: those that it does not have are deleted."""
    body = file.read_bytes()

    def put(*, dry: bool) -> Any:
        parameters = {"dry_run": "true" if dry else "false"}
        asked = _asked(data, lambda it: it.alerts("PUT", "rules.yaml", params=parameters, content=body, headers=YAML))
        return asked.json()

    plan = put(dry=True)
    _print_plan(terminal.output(), plan)
    if dry_run or not any(plan[kind] for kind in ("created", "changed", "deleted")):
        return
    if plan["deleted"] and not yes:
        typer.confirm(f"Delete {words.many(len(plan['deleted']), 'rule')}?", abort=True)
    put(dry=False)


@app.command("test")
def try_rule(
    rule: Named,
    pictures: Annotated[int, typer.Option(min=1, max=500, help="How many of the newest.")] = 100,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say which of the newest pictures a rule would tell of, and of the others why not. Sends nothing."""

    async def trial(client: OnlookerClient) -> httpx.Response:
        found = await _rule(client, rule)
        return await client.alerts("POST", f"rules/{found}/test", params={"pictures": pictures})

    found = _asked(data, trial).json()
    table = _table("picture", "tells", "what, or why not")
    for each in found["pictures"]:
        what = ", ".join([*each["persons"], *each["labels"], *each["texts"]])
        why = each["why_not"]["reason"] if each["why_not"] else what
        table.add_row(each["key"], "yes" if each["tells"] else "no", why, style=None if each["tells"] else "dim")
    _print(found, table, json)
    if not json:
        looked_at = words.many(len(found["pictures"]), "picture")
        terminal.output().print(f"It would tell of {found['told']} of the {looked_at} looked at.")


@app.command()
def channels(data: Data = None, json: Json = False) -> None:
    """List the channels, and which of them fail."""
    found = _asked(data, lambda client: client.alerts("GET", "channels")).json()["channels"]
    table = _table("id", "name", "type", "secret", "state")
    for each in found:
        fuse = each["fuse"]
        state = "works" if not fuse["failures"] else f"failed {fuse['failures']} times: {fuse['reason']}"
        table.add_row(each["channel_id"], each["name"], each["type"], each["secret"], state)
    _print(found, table, json)


@app.command("try")
def try_channel(channel: Named, data: Data = None, json: Json = False) -> None:
    """Send a test message by a channel, and say what the other side said."""

    async def tried(client: OnlookerClient) -> httpx.Response:
        found = await _named((await client.alerts("GET", "channels")).json()["channels"], channel, "channel_id")
        return await client.alerts("POST", f"channels/{found}/test", timeout=PATIENCE)

    found = _asked(data, tried).json()
    if json:
        terminal.output().print_json(data=found)
    else:
        said = f"{found['status']} after {found['took_ms']} ms: {found['answer']}"
        terminal.output().print(said, style=STYLES.get(found["status"], ""), markup=False, soft_wrap=True)
    if found["status"] != "sent":
        raise typer.Exit(1)


@app.command()
def sent(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List what was sent or refused, newest first."""
    found = _asked(data, lambda client: client.alerts("GET", "deliveries", params={"limit": limit})).json()
    table = _table("id", "when (UTC)", "status", "to", "subject", "reason")
    for each in found["deliveries"]:
        outcome, to = each["outcome"], each["channel_name"] or each["target"]
        when, status = words.minute(outcome["at"]), outcome["status"]
        table.add_row(each["delivery_id"], when, status, to, each["subject"], outcome["reason"] or "")
    _print(found["deliveries"], table, json)


@app.command()
def again(
    delivery: Annotated[str, typer.Argument(help="Its id, as `sent` shows it.", show_default=False)],
    data: Data = None,
    json: Json = False,
) -> None:
    """Send a message again, as it was, by the same channel, and say what the other side said."""
    made = _asked(data, lambda client: client.send_again(delivery, uuid.uuid4().hex, PATIENCE))
    outcome = made["outcome"]
    if json:
        terminal.output().print_json(data=made)
    else:
        said = f"{outcome['status']}: {outcome['reason'] or outcome['answer'] or made['subject']}"
        terminal.output().print(said, style=STYLES.get(outcome["status"], ""), markup=False, soft_wrap=True)
    if outcome["status"] != "sent":
        raise typer.Exit(1)


@app.command()
def decisions(
    rule: Annotated[str | None, typer.Argument(help="Only this rule's: its id, or its name.")] = None,
    picture: Annotated[str | None, typer.Option("--picture", help="Only those about this picture, by its id.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List what rules were about and did not tell, or not at once, and why; newest first."""

    async def listed(client: OnlookerClient) -> list[dict[str, Any]]:
        named = {"rule_id": await _rule(client, rule)} if rule else {}
        asked: dict[str, Any] = named | ({"image_id": picture} if picture else {})
        found: list[dict[str, Any]] = []
        while True:  # a page may have none and yet not be the last
            page = await client.decisions({**asked, "limit": limit - len(found)})
            found += page["decisions"]
            if page["cursor"] is None or len(found) == limit:
                return found
            asked["cursor"] = page["cursor"]

    found = _asked(data, listed)
    table = _table("when (UTC)", "rule", "pictures", "told", "why")
    for each in found:
        why = ": ".join(
            [REASONS.get(each["reason"], each["reason"]), *(["; ".join(each["about"])] if each["about"] else [])]
        )
        until = f", until {words.minute(each['until'])}" if each["until"] else ""
        count, told = str(len(each["image_ids"])), TOLD.get(each["decision"], "no")
        table.add_row(words.minute(each["decided_at"]), each["rule_name"] or each["rule_id"], count, told, why + until)
    _print(found, table, json)


@app.command()
def mute(
    rule: Named,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 90s, 30m, 8h or 7d.")] = "1h",
    data: Data = None,
) -> None:
    """Have a rule tell nobody for a while. What it does not tell meanwhile is not told later."""
    seconds = _seconds(length)

    async def muted(client: OnlookerClient) -> dict[str, Any]:
        return await client.mute(await _rule(client, rule), seconds)

    made = _asked(data, muted)
    said = f"{made['name']} is muted until {words.minute(made['muted_until'])} UTC."
    terminal.output().print(said, markup=False, soft_wrap=True)


@app.command()
def unmute(rule: Named, data: Data = None) -> None:
    """Have a rule tell again."""

    async def told(client: OnlookerClient) -> dict[str, Any]:
        return await client.unmute(await _rule(client, rule))

    terminal.output().print(f"{_asked(data, told)['name']} tells again.", markup=False, soft_wrap=True)


def _asked(data: Path | None, question: Callable[[OnlookerClient], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with Target(DataFolder.chosen(data)).client() as client:
            return await question(client)

    return asyncio.run(ask())


async def _rule(client: OnlookerClient, name: str) -> str:
    """Return a rule's id; raises as `_named`."""
    return await _named((await client.alerts("GET", "rules")).json(), name, "rule_id")


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if found is None:
        raise typer.BadParameter(f"'{text}' is no time such as 90s, 30m, 8h or 7d.", param_hint="--for")
    return int(found[1]) * UNITS[found[2]]


async def _named(listed: list[dict[str, Any]], name: str, id_field: str) -> str:
    """Return the id of what is called so, or has this id.

    Raises:
        NotFoundError: nothing is.
        ConfigurationError: more than one is.
    """
    found = [each[id_field] for each in listed if name in (each[id_field], each["name"])]
    if not found:
        raise NotFoundError(f"None is called {name}, or has this id.")
    if len(found) > 1:
        raise ConfigurationError(f"More than one is called {name}; name one by its id: {', '.join(found)}")
    return str(found[0])


def _table(*columns: str) -> Table:
    return Table(*columns, box=box.SIMPLE_HEAD)


def _print(found: Any, table: Table, json: bool) -> None:
    if json:
        terminal.output().print_json(data=found)
    elif table.row_count:
        terminal.output().print(table, markup=False)
    else:
        terminal.output().print("There are none.")


def _print_plan(console: Console, plan: dict[str, Any]) -> None:
    for kind, style in (("created", "green"), ("changed", "yellow"), ("deleted", "red")):
        for rule_id in plan[kind]:
            console.print(f"{kind}: {rule_id}", style=style, markup=False, highlight=False)
    console.print(f"unchanged: {plan['unchanged']}", highlight=False)
