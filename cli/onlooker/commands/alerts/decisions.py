"""What rules were about and did not tell, or not at once, and why."""

from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.alerts.named import rule_named
from onlooker.commands.alerts.reasons import in_words
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.which_picture import id_of

TOLD = {"held": "later", "not_escalated": "not escalated"}
"""What became of it, by the notifier's words; of others nobody was told."""
UNTIL = {"cooling_down": "not again before", "quiet_hours": "told after", "daily_limit": "again from"}
"""What is said before the time until when it is so."""

Decision = dict[str, Any]
"""What the API tells of one."""


def decisions(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Only this one's: its id, or its name.", show_default=False)
    ] = None,
    picture: Annotated[
        str | None, typer.Option(metavar="IMAGE", help="Only those about this one: its id or key.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List what rules were about and did not tell, or not at once, and why; newest first."""

    async def listed(client: OnlookerClient) -> list[Decision]:
        of_rule = {"rule_id": await rule_named(client, rule)} if rule else {}
        of_picture = {"image_id": await id_of(client, picture)} if picture else {}
        return await _listed(client, of_rule | of_picture, limit)

    found = ask(data, listed)
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found:
        console.print(
            "Nothing was kept back in the last 30 days. What rules are not about is not kept: "
            "`onlooker alerts test RULE` says why one does not tell of a picture.",
            soft_wrap=True,
        )
    else:
        console.print(_table_of(found))


async def _listed(client: OnlookerClient, asked: dict[str, str], limit: int) -> list[Decision]:
    """Return so many decisions, or all there are. A page may have none and yet not be the last."""
    found: list[Decision] = []
    place: dict[str, str] = {}
    while True:
        page = await client.decisions({**asked, **place, "limit": limit - len(found)})
        found += page["decisions"]
        if page["cursor"] is None or len(found) == limit:
            return found
        place = {"cursor": page["cursor"]}


def _table_of(found: list[Decision]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("when (UTC)", no_wrap=True)
    table.add_column("rule", overflow="fold")
    table.add_column("pictures", no_wrap=True, justify="right")
    table.add_column("told", no_wrap=True)
    table.add_column("why", overflow="fold")
    for each in found:
        table.add_row(
            words.minute(each["decided_at"]),
            each["rule_name"] or each["rule_id"],
            str(len(each["image_ids"])),
            TOLD.get(each["decision"], "no"),
            _why(each),
        )
    return table


def _why(decision: Decision) -> str:
    about = f": {'; '.join(decision['about'])}" if decision["about"] else ""
    until = decision["until"]
    ends = f", {UNTIL.get(decision['reason'], 'until')} {words.minute(until)}" if until else ""
    return f"{in_words(decision['reason'])}{about}{ends}"
