"""`onlooker keys`: who has an access key and what it allows; making one, and taking one away."""

import re
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

GROUPS = {
    "upload": ("images:write",),
    "read": ("images:read", "recognitions:read", "annotations:read", "tags:read"),
}
"""Words that stand for the scopes which somebody needs together. Who is known, with faces and places, is personal data:
its scopes are in none of them, so that nobody gets them unasked."""

NAMED = re.compile("(?:olk_)?([0-9a-f]{16})(?:_.*)?")
"""How a key is named: by its id, with or without what a whole key has around it."""

ID_LENGTH = 16

Key = dict[str, Any]
"""What the API tells of a key."""

app = typer.Typer(help="Access keys: who has one, and what it allows. Needs a key with the scope `admin`.")


@app.callback(invoke_without_command=True)
def keys(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """List the access keys, newest first. Needs a key with the scope `admin`."""
    if context.invoked_subcommand is not None:
        if data is not None or json:
            raise typer.BadParameter(f"Options go behind it: onlooker keys {context.invoked_subcommand} ...")
        return
    found = ask(data, _listed)
    if json:
        terminal.output().print_json(data=found)
    else:
        _print(terminal.output(), found)


@app.command()
def create(
    owner: Annotated[str, typer.Argument(help="Who, or which machine, will have it.")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="What it allows: `upload`, `read`, `admin`, or a scope such as images:write; may be repeated. "
            "`read` leaves people out: name `people:read` for whoever may look at those."
        ),
    ],
    bucket: Annotated[str | None, typer.Option(help="Good for this bucket alone.")] = None,
    prefix: Annotated[str, typer.Option(help="Good only for object keys that begin like this.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days after which it expires; else it never does.")] = None,
    data: Data = None,
) -> None:
    """Make an access key and print it, alone on standard output. It is shown only now."""
    scopes = list(dict.fromkeys(each for name in scope for each in GROUPS.get(name, (name,))))
    asked = {"owner": owner, "scopes": scopes, "bucket": bucket, "prefix": prefix, "days": days}
    made = ask(data, lambda client: client.create_key(asked))
    allowed = f"{', '.join(made['scopes'])} in {_place(made)}"
    until = f"until {words.minute(made['expires_at'])}" if made["expires_at"] else "until somebody revokes it"
    terminal.messages().print(f"A key for {made['owner']}: {allowed}, {until}. It is shown only now:", soft_wrap=True)
    terminal.output().print(made["key"], soft_wrap=True)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY_ID", help="Its id, as `onlooker keys` lists it.")],
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make an access key worthless, everywhere within 30 seconds."""
    named = NAMED.fullmatch(key)
    if named is None:
        raise ConfigurationError("That is no id of an access key; `onlooker keys` lists them.")
    own = Target(DataFolder.chosen(data)).key
    owner = ask(data, lambda client: _revoke(client, named[1], own, sure=yes))
    terminal.messages().print(f"The key of {owner} is revoked.", soft_wrap=True)


async def _revoke(client: OnlookerClient, key_id: str, own: str, *, sure: bool) -> str:
    """Revoke a key, once somebody agreed, and return whose it was; `own` is the one that this command uses."""
    found = next((key for key in await _listed(client) if key["key_id"] == key_id), None)
    if found is None:
        raise ConfigurationError(f"There is no access key {key_id}; `onlooker keys` lists them.")
    if not sure:
        warning = " It is the one that this command uses." if _is(key_id, own) else ""
        whose = f"the key of {found['owner']} ({', '.join(found['scopes'])})".translate(terminal.CONTROLS)
        typer.confirm(f"Revoke {whose}?{warning}", abort=True, err=True)
    await client.revoke_key(key_id)
    return str(found["owner"])


async def _listed(client: OnlookerClient) -> list[Key]:
    """Return all keys, newest first."""
    found: list[Key] = []
    cursor: str | None = None
    while True:
        page = await client.keys(cursor)
        found += page["keys"]
        cursor = page["cursor"]
        if cursor is None:
            return found


def _print(console: Console, found: list[Key]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("id", no_wrap=True, min_width=ID_LENGTH)  # whole, as it is what names a key
    table.add_column("owner", overflow="fold")
    table.add_column("allows", no_wrap=True)
    table.add_column("expires", no_wrap=True)
    table.add_column("last used (UTC)", overflow="fold")
    for key in found:
        bound = [f"in {_place(key)}"] if key["bucket"] or key["prefix"] else []
        table.add_row(
            key["key_id"],
            "\n".join([key["owner"], *bound]),
            "\n".join(key["scopes"]),
            words.minute(key["expires_at"]).partition(" ")[0] if key["expires_at"] else "never",
            words.minute(key["last_used_at"]) if key["last_used_at"] else "never",
        )
    console.print(table)


def _place(key: Key) -> str:
    """Return what of the buckets a key is good for."""
    if not key["bucket"]:
        return f"every bucket, {key['prefix']}*" if key["prefix"] else "every bucket"
    return f"{key['bucket']}/{key['prefix']}*" if key["prefix"] else str(key["bucket"])


def _is(key_id: str, key: str) -> bool:
    named = NAMED.fullmatch(key)
    return named is not None and named[1] == key_id
