"""`onlooker show`: all that is known about one picture."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, get_args

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onlooker import terminal, words
from onlooker.client import NOT_FOUND, ApiError, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.which_picture import Found, find
from onlooker_shared.recognition import DominantColor, Feature, ImageProperties, Recognition

MOST_COLOURS = 3
"""Of the picture, and of each of its parts, that are printed."""


def show(
    image: Annotated[str, typer.Argument(help="An image id, or the picture's key, with or without BUCKET/.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what was recognized in a picture, and where its annotated copy is."""
    document, annotation, told = ask(data, lambda client: _show(client, image))
    console = terminal.output()
    if json:
        console.print_json(data={"document": document, "annotation": annotation, "recognition": told})
        return
    console.print(f"{document['bucket']}/{document['key']}", style="bold")
    uploaded = f"uploaded {words.minute(document['uploaded_at'])} (UTC)"
    console.print(f"id {document['image_id']}, {uploaded}, {document['state']}", soft_wrap=True)
    if document["state"] == "failed":
        console.print(document["reason"], style="red")
        raise typer.Exit(1)
    console.print(f"{document['width']} x {document['height']} pixels")
    console.print(_faces(document), _labels(document))
    if told:
        _print_the_rest(console, Recognition.model_validate(told))
    if annotation:
        console.print(f"annotated copy, until {annotation['expires_at']}:")
        console.print(annotation["annotated"]["url"], soft_wrap=True)


async def _show(client: OnlookerClient, image: str) -> tuple[Found, Found | None, Found | None]:
    """Return a picture's document, its annotated copy and what was recognized, the latter two if they are there."""
    document = await find(client, image)
    annotation = await _if_there(client.annotation(document["image_id"]))
    answer = await _if_there(client.recognition(document["image_id"])) or {}
    return document, annotation, answer.get("recognition")


async def _if_there(answer: Awaitable[Found]) -> Found | None:
    try:
        return await answer
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        return None


def _faces(document: Found) -> Table:
    rows = [
        (
            str(number),
            entry.get("person") or "",
            words.emotion(entry) or "",
            words.age(entry) or "",
            entry.get("gender") or "",
        )
        for number, entry in enumerate(document["faces"], start=1)
    ]
    return _listed(("face", "person", "emotion", "age", "gender"), rows)


def _labels(document: Found) -> Table:
    rows = [(entry["name"], f"{entry['confidence']:.1f}", ", ".join(entry["parents"])) for entry in document["labels"]]
    return _listed(("label", "confidence", "parents"), rows)


def _print_the_rest(console: Console, recognition: Recognition) -> None:
    """Print what the index does not have: who it might be, text, moderation, colours, and what was not looked for."""
    for number, face in enumerate(recognition.faces, start=1):
        if face.candidates:
            alike = ", ".join(words.likeness(each.model_dump()) for each in face.candidates)
            console.print(f"face {number} resembles {alike}")
    if "text" in recognition.features:
        lines = [(line.text, f"{line.confidence:.1f}") for line in recognition.text if line.type == "LINE"]
        console.print(_listed(("text", "confidence"), lines))
    if "moderation" in recognition.features:
        labels = [(label.name, f"{label.confidence:.1f}", label.parent or "") for label in recognition.moderation]
        console.print(_listed(("moderation", "confidence", "parent"), labels))
    if recognition.properties:
        console.print(_colours(recognition.properties))
    for missing in recognition.missing:
        console.print(f"no {missing.feature}: {missing.reason}", style="yellow")
    known = {*recognition.features, *(missing.feature for missing in recognition.missing)}
    if ignored := [feature for feature in get_args(Feature) if feature not in known]:
        console.print(f"not looked for: {', '.join(ignored)}")


def _listed(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """Return a table; without rows one that says so."""
    table = Table(*header, box=box.SIMPLE_HEAD)
    for row in rows or [("none",)]:
        table.add_row(*row)
    return table


def _colours(whole: ImageProperties) -> Table:
    """Return the colours and the quality of a picture and its parts; brightness and the like run 0 to 100."""
    table = Table("part", "colours", "brightness", "sharpness", "contrast", box=box.SIMPLE_HEAD)
    for name, part in {"picture": whole, "foreground": whole.foreground, "background": whole.background}.items():
        if part:
            contrast = whole.contrast if part is whole else None
            figures = [
                "" if figure is None else f"{figure:.0f}" for figure in (part.brightness, part.sharpness, contrast)
            ]
            table.add_row(name, _swatches(part.dominant_colors[:MOST_COLOURS]), *figures)
    return table


def _swatches(colours: Sequence[DominantColor]) -> Text:
    """Return colours in themselves and in words: ``peru 60 %``."""
    return Text("  ").join(
        Text.assemble(
            ("  ", f"on rgb({colour.red},{colour.green},{colour.blue})"),
            f" {colour.css_color} {colour.pixel_percent:.0f} %",
        )
        for colour in colours
    )
