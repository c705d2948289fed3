"""`onlooker people import-profiles`: makes people of the profiles that another program kept."""

from typing import Annotated, Any

import typer
from rich import box
from rich.progress import Progress, TextColumn
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.enrol import consent_of
from onlooker.commands.options import Data, Json

Imported = dict[str, Any]
"""What the API tells of one profile."""


def import_profiles(
    consent_by: Annotated[
        str | None, typer.Option(help="Who agreed that these people are known: they, or who may speak for them.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="What they agreed to.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make people of the table of profiles (key FaceId), with their faces in the collection. Exits 1 if one is refused.

    It may be repeated: nobody is made twice, and what was changed of people since stays.
    """
    consent = consent_of(consent_by, purpose)
    found = ask(data, lambda client: import_all(client, consent))
    console = terminal.output()
    if json:
        console.print_json(data=found)
    else:
        if told := [each for each in found if _words(each)]:
            console.print(table_of(told))
        console.print(summary(found) if found else "There are no profiles in the table.")
    if any(each["outcome"] == "refused" for each in found):
        raise typer.Exit(1)


async def import_all(client: OnlookerClient, consent: dict[str, str] | None = None) -> list[Imported]:
    """Import all profiles, with progress on standard error; return what became of each."""
    found: list[Imported] = []
    place: str | None = None
    with Progress(TextColumn("{task.completed:,} profiles"), console=terminal.messages()) as progress:
        importing = progress.add_task("importing", total=None)
        while True:
            page = await client.import_profiles(place, consent)
            found += page["profiles"]
            progress.update(importing, completed=len(found))
            if (place := page["cursor"]) is None:
                return found


def table_of(found: list[Imported]) -> Table:
    """Return a table of the profiles that were not taken whole, with the reasons."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("FaceId", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("why", overflow="fold")
    for each in found:
        style = "red" if each["outcome"] == "refused" else ""
        table.add_row(each["face_id"], each["outcome"], _words(each), style=style)
    return table


def summary(found: list[Imported]) -> str:
    """Return what became of profiles in a sentence: ``3 profiles: 2 taken, 1 known``."""
    outcomes = [each["outcome"] for each in found]
    counted = ", ".join(f"{outcomes.count(each)} {each}" for each in dict.fromkeys(outcomes))
    return f"{words.many(len(found), 'profile')}{': ' if counted else ''}{counted}"


def _words(imported: Imported) -> str:
    """Return what is to be told of a profile besides that it was taken; nothing, if that is all."""
    told = [imported["reason"] or "", *(f"left out: {each}" for each in imported["left_out"])]
    if imported["outcome"] == "taken" and not imported["has_face"]:
        told.append("the collection has no such face: enrol them")
    return "; ".join(each for each in told if each)
