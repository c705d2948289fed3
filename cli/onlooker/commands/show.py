"""`onlooker show`: all that is known about one picture."""

import asyncio
import re
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.options import Data, Json
from onlooker.commands.search import MOST
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.images import IMAGE_ID_PATTERN

NOT_FOUND = 404


def show(
    image: Annotated[str, typer.Argument(help="An image id, or the picture's key.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what was recognized in a picture, and where its annotated copy is."""
    document, annotation = asyncio.run(_show(Target(DataFolder.chosen(data)), image))
    console = terminal.output()
    if json:
        console.print_json(data={"document": document, "annotation": annotation})
        return
    console.print(f"{document['bucket']}/{document['key']}", style="bold")
    console.print(f"id {document['image_id']}, uploaded {document['uploaded_at']}, {document['state']}")
    if document["state"] == "failed":
        console.print(document["reason"], style="red")
        raise typer.Exit(1)
    console.print(f"{document['width']} x {document['height']} pixels")
    console.print(_faces(document), _labels(document))
    if annotation:
        console.print(f"annotated copy, until {annotation['expires_at']}:")
        console.print(annotation["annotated"]["url"], soft_wrap=True)


async def _show(target: Target, image: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    async with target.client() as client:
        document = await find(client, image)
        try:
            return document, await client.annotation(document["image_id"])
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            return document, None


async def find(client: OnlookerClient, image: str) -> dict[str, Any]:
    """Return a picture's document by its id or key.

    Raises:
        ApiError: there is none.
    """
    if re.fullmatch(IMAGE_ID_PATTERN, image):
        return await client.document(image)
    page: dict[str, Any] = {"cursor": ""}
    while page["cursor"] is not None:
        position = {"cursor": page["cursor"]} if page["cursor"] else {}
        page = await client.search({"prefix": image, "limit": MOST, **position})
        exact: list[dict[str, Any]] = [document for document in page["images"] if document["key"] == image]
        if exact:
            return exact[0]
    raise ApiError(NOT_FOUND, f"No picture with the key '{image}' is indexed (yet).")


def _faces(document: dict[str, Any]) -> Table:
    table = Table("face", "person", "emotion", "age", "gender", box=box.SIMPLE_HEAD)
    for number, entry in enumerate(document["faces"], start=1):
        table.add_row(
            str(number),
            entry.get("person") or "",
            words.emotion(entry) or "",
            words.age(entry) or "",
            entry.get("gender") or "",
        )
    return table


def _labels(document: dict[str, Any]) -> Table:
    table = Table("label", "confidence", "parents", box=box.SIMPLE_HEAD)
    for entry in document["labels"]:
        table.add_row(entry["name"], f"{entry['confidence']:.1f}", ", ".join(entry["parents"]))
    return table
