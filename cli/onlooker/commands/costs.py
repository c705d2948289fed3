"""`onlooker costs`: what was asked of Rekognition in a month, and what Amazon would charge for it."""

import re
from collections import Counter
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")

Costs = dict[str, Any]
"""What the recognizer tells."""


def costs(
    month: Annotated[
        str | None,
        typer.Argument(metavar="MONTH", help="As in 2026-11; the present one, if none is named.", show_default=False),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what a month's calls of Rekognition cost, by operation and bucket.

    The local server is free: of its calls it is shown what Amazon would charge.
    """
    if month is not None and not MONTH.fullmatch(month):
        raise typer.BadParameter(f"'{month}' is no month such as 2026-11.", param_hint="MONTH")
    found = ask(data, lambda client: client.costs(month))
    console = terminal.output()
    if json:
        console.print_json(data=found)
    else:
        _print(console, found)


def _print(console: Console, found: Costs) -> None:
    if found["charges"]:
        console.print(_table(found["charges"], found["currency"]))
    total = f"{found['month']}: {words.many(found['calls'], 'call')}, {found['cost']:,.2f} {found['currency']}"
    console.print(f"{total} by {found['prices']}; Amazon's bill is the last word.", soft_wrap=True)
    if budget := found["budget"]:
        _print_budget(console, budget, found["currency"])


def _table(charges: list[dict[str, Any]], currency: str) -> Table:
    """Return a table of calls by operation and bucket, of all days together, the dearest first."""
    calls: Counter[tuple[str, str]] = Counter()
    cost: Counter[tuple[str, str]] = Counter()
    for charge in charges:
        row = charge["operation"], charge["bucket"] or "(no stored picture)"
        calls[row] += charge["calls"]
        cost[row] += charge["cost"]
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("operation", overflow="fold")
    table.add_column("bucket", overflow="fold")
    table.add_column("calls", justify="right")
    table.add_column(currency, justify="right")
    for row in sorted(calls, key=lambda row: (-cost[row], row)):
        table.add_row(*row, f"{calls[row]:,}", f"{cost[row]:,.4f}")
    return table


def _print_budget(console: Console, budget: dict[str, Any], currency: str) -> None:
    share = budget["spent"] / budget["limit"]
    told = f"Budget: {budget['spent']:,.2f} of {budget['limit']:,.2f} {currency} this month ({share:.0%})"
    held = f"; held back: {', '.join(budget['held_back'])}" if budget["held_back"] else ""
    console.print(f"{told}{held}.", soft_wrap=True, style="red" if held else "yellow" if budget["warning"] else "")
