"""`onlooker costs`: what was asked of Rekognition in a month, and what Amazon would charge for it."""

import asyncio
from collections import Counter
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target

Costs = dict[str, Any]
"""What the recognizer tells."""


def costs(
    month: Annotated[
        str | None, typer.Argument(help="As in 2026-11; the present one, if none is named.", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what a month's calls of Rekognition cost, by operation and bucket.

    The local server is free: of its calls it is shown what Amazon would charge.
    """
    found = asyncio.run(_costs(Target(DataFolder.chosen(data)), month))
    console = terminal.output()
    if json:
        console.print_json(data=found)
    else:
        _print(console, found)


async def _costs(target: Target, month: str | None) -> Costs:
    async with target.client() as client:
        return await client.costs(month)


def _print(console: Console, found: Costs) -> None:
    currency = found["currency"]
    calls: Counter[tuple[str, str]] = Counter()
    cost: Counter[tuple[str, str]] = Counter()
    for charge in found["charges"]:
        row = charge["operation"], charge["bucket"] or "(no stored picture)"
        calls[row] += charge["calls"]
        cost[row] += charge["cost"]
    table = Table("operation", "bucket", box=box.SIMPLE_HEAD)
    table.add_column("calls", justify="right")
    table.add_column(currency, justify="right")
    for row in sorted(calls, key=lambda row: (-cost[row], row)):
        table.add_row(*row, f"{calls[row]:,}", f"{cost[row]:,.4f}")
    if calls:
        console.print(table)
    sum_ = f"{found['month']}: {words.many(found['calls'], 'call')}, {found['cost']:,.2f} {currency}"
    console.print(f"{sum_} by {found['prices']}; Amazon's bill is the last word.")
    if budget := found["budget"]:
        _print_budget(console, budget, currency)


def _print_budget(console: Console, budget: dict[str, Any], currency: str) -> None:
    share = budget["spent"] / budget["limit"]
    told = f"Budget: {budget['spent']:,.2f} of {budget['limit']:,.2f} {currency} this month ({share:.0%})"
    held = f"; held back: {', '.join(budget['held_back'])}" if budget["held_back"] else ""
    console.print(f"{told}{held}.", style="red" if held else "yellow" if budget["warning"] else "")
