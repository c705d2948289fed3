"""`onlooker search`: pictures by what is in them."""

from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import MOST, OnlookerClient
from onlooker.commands import filters
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.which_picture import id_of


def search(
    text: filters.Words = None,
    data: Data = None,
    label: filters.Label = None,
    person: filters.Person = None,
    emotion: filters.Emotion = None,
    min_age: filters.MinAge = None,
    max_age: filters.MaxAge = None,
    min_faces: filters.MinFaces = None,
    max_faces: filters.MaxFaces = None,
    color: filters.Color = None,
    moderation: filters.Moderation = None,
    moderated: filters.Moderated = None,
    since: filters.Since = None,
    until: filters.Until = None,
    bucket: filters.Bucket = None,
    prefix: filters.Prefix = None,
    state: filters.State = None,
    similar_to: Annotated[str | None, typer.Option(help="Looks like this picture: its id or key.")] = None,
    sort: Annotated[
        Literal["newest", "oldest", "relevance"] | None, typer.Option(help="What comes first.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Pictures at most.")] = 20,
    json: Json = False,
) -> None:
    """Find pictures."""
    asked = filters.asked(
        text,
        label=label,
        person=person,
        emotion=emotion,
        min_age=min_age,
        max_age=max_age,
        min_faces=min_faces,
        max_faces=max_faces,
        color=color,
        moderation=moderation,
        moderated=moderated,
        since=since,
        until=until,
        bucket=bucket,
        prefix=prefix,
        state=state,
        sort=sort,
        limit=limit,
    )
    page = ask(data, lambda client: _search(client, asked, similar_to))
    console = terminal.output()
    if json:
        console.print_json(data=page)
    elif not page["images"]:
        console.print("No picture is like that.")
    else:
        console.print(table_of(page["images"]))
        if page["cursor"]:
            console.print(f"There are more than {limit}; raise --limit or narrow the search.")


async def _search(client: OnlookerClient, asked: dict[str, Any], similar_to: str | None) -> dict[str, Any]:
    if similar_to is not None:
        asked["similar_to"] = await id_of(client, similar_to)
    return await client.search(asked)


def table_of(documents: list[dict[str, Any]]) -> Table:
    """Return a table of documents."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("picture", overflow="fold")
    table.add_column("faces", no_wrap=True)
    table.add_column("labels", overflow="fold")
    table.add_column("uploaded", no_wrap=True)
    for document in documents:
        found = words.labels(document) if document.get("state") != "failed" else document["reason"]
        table.add_row(document["key"], words.faces(document), found, words.minute(document["uploaded_at"]))
    return table
