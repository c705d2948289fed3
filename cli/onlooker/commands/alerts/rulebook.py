"""All rules as one YAML document, to be kept with other files, and taken from there."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from onlooker import terminal, words
from onlooker.client import FORBIDDEN, ApiError, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker_shared.errors import ConfigurationError

STANDARD_INPUT = Path("-")
STYLES = {"created": "green", "changed": "yellow", "deleted": "red"}
"""Of what changes, by the notifier's words."""

Plan = dict[str, Any]
"""What the API says that changes, or would."""


def export_rules(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; standard output if not given.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Write all rules as one YAML document. Secrets of channels are not in it."""
    text = ask(data, lambda client: client.rulebook())
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error
    terminal.messages().print(f"All rules are in {file}", soft_wrap=True)


def import_rules(
    file: Annotated[
        Path,
        typer.Argument(help="As `onlooker alerts export` writes it; - for standard input.", show_default=False),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before rules are deleted.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Have the rules be those of a YAML document: those that it does not have are deleted."""
    document = _read(file)
    etag = ask(data, _etag)  # what is deleted is what was asked about, whatever others do meanwhile
    plan = ask(data, lambda client: client.put_rulebook(document, dry_run=True, etag=etag))
    changes = any(plan[kind] for kind in STYLES)
    if changes and not dry_run:
        if plan["deleted"] and not yes:
            _ask(plan, file)
        plan = ask(data, lambda client: client.put_rulebook(document, dry_run=False, etag=etag))
    if json:
        terminal.output().print_json(data=plan)
    else:
        _print(terminal.output(), plan, would=dry_run and changes)


async def _etag(client: OnlookerClient) -> str | None:
    """Return what the rules are known by as they are now; None if this access key may not read them."""
    try:
        return await client.rulebook_etag()
    except ApiError as error:
        if error.status != FORBIDDEN:
            raise
        return None


def _read(file: Path) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error


def _ask(plan: Plan, file: Path) -> None:
    """Return if somebody agrees; end the command if not.

    Raises:
        ConfigurationError: the rules come from where an answer would, so nobody can be asked.
    """
    _print_changes(terminal.messages(), plan)
    if file == STANDARD_INPUT:
        raise ConfigurationError(
            "Nothing was changed. Standard input is the rules, so agree to what is deleted by --yes."
        )
    typer.confirm(f"Delete {words.many(len(plan['deleted']), 'rule')}?", abort=True, err=True)


def _print(console: Console, plan: Plan, *, would: bool) -> None:
    _print_changes(console, plan)
    console.print(f"unchanged: {plan['unchanged']}")
    if would:
        console.print("Nothing was changed yet: leave out --dry-run for that.")


def _print_changes(console: Console, plan: Plan) -> None:
    for kind, style in STYLES.items():
        for rule_id in plan[kind]:
            console.print(f"{kind}: {rule_id}", style=style, soft_wrap=True)
