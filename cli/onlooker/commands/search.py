"""`onlooker search`: pictures by what is in them."""

import asyncio
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target

MOST = 500
"""Pictures that the API gives at once."""


def search(
    text: Annotated[list[str] | None, typer.Argument(help="Words: labels, names, file names.")] = None,
    data: Data = None,
    label: Annotated[list[str] | None, typer.Option(help="Has this label; may be repeated.")] = None,
    person: Annotated[str | None, typer.Option(help="Shows this person.")] = None,
    emotion: Annotated[str | None, typer.Option(help="Some face shows it: happy, calm, sad, ...")] = None,
    min_age: Annotated[int | None, typer.Option(help="Some face may be as old or older.")] = None,
    max_age: Annotated[int | None, typer.Option(help="Some face may be as old or younger.")] = None,
    min_faces: Annotated[int | None, typer.Option(help="Shows so many faces or more.")] = None,
    max_faces: Annotated[int | None, typer.Option(help="Shows so many faces or fewer.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Pictures at most.")] = 20,
    json: Json = False,
) -> None:
    """Find pictures."""
    asked = {
        "q": " ".join(text or ()) or None,
        "label": label,
        "person": person,
        "emotion": emotion,
        "min_age": min_age,
        "max_age": max_age,
        "min_faces": min_faces,
        "max_faces": max_faces,
        "limit": limit,
    }
    parameters = {name: value for name, value in asked.items() if value is not None}
    page = asyncio.run(_search(Target(DataFolder.chosen(data)), parameters))
    console = terminal.output()
    if json:
        console.print_json(data=page)
    elif not page["images"]:
        console.print("No picture is like that.")
    else:
        console.print(table_of(page["images"]))
        if page["cursor"]:
            console.print(f"There are more than {limit}; raise --limit or narrow the search.")


async def _search(target: Target, parameters: dict[str, Any]) -> dict[str, Any]:
    async with target.client() as client:
        return await client.search(parameters)


def table_of(documents: list[dict[str, Any]]) -> Table:
    """Return a table of documents."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("picture", overflow="fold")
    table.add_column("faces", no_wrap=True)
    table.add_column("labels", overflow="fold")
    table.add_column("uploaded", no_wrap=True)
    for document in documents:
        uploaded = document["uploaded_at"][:16].replace("T", " ")
        table.add_row(document["key"], words.faces(document), words.labels(document), uploaded)
    return table
