"""`onlooker upload`: files and folders into the pipeline."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json, Patience
from onlooker.pictures import Picture, pictures, readable
from onlooker.uploading import Uploaded, upload_all, wait_for
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.settings import CommonSettings


def upload(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Pictures, or folders of them.")],
    data: Data = None,
    bucket: Annotated[str | None, typer.Option(help="Where to; the images bucket if not given.")] = None,
    prefix: Annotated[str, typer.Option(help="Put before each key.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until each is recognized, annotated and indexed.")] = False,
    patience: Patience = 120.0,
    json: Json = False,
) -> None:
    """Send pictures into the pipeline. Exits 1 if one was refused or failed."""
    found = pictures(paths, prefix)
    if not found:
        raise ConfigurationError(f"No pictures in {', '.join(str(path) for path in paths)}.")
    into = bucket or CommonSettings().topology.images.name
    results = ask(data, lambda client: send(client, into, found, wait=wait, patience=patience))
    _print(results, json=json)
    if any(result.stage not in {"sent", "done"} for result in results):
        raise typer.Exit(1)


async def send(
    client: OnlookerClient, bucket: str, found: Sequence[Picture], *, wait: bool, patience: float
) -> list[Uploaded]:
    """Send pictures, and wait for them if asked, with progress on standard error; returns what became of each."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[sent]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=terminal.messages()) as progress:
        sending = progress.add_task("sending", total=len(found), sent="")
        bytes_sent = 0

        def sent(count: int) -> None:
            nonlocal bytes_sent
            bytes_sent += count
            progress.update(sending, sent=words.size(bytes_sent))

        results = await upload_all(client, bucket, found, sent=sent, settled=lambda _: progress.advance(sending))
        if wait:
            waiting = progress.add_task("recognizing", total=len(found), sent="")
            results = await wait_for(client, results, patience=patience, settled=lambda _: progress.advance(waiting))
        return results


def _print(results: Sequence[Uploaded], *, json: bool) -> None:
    console = terminal.output()
    if json:
        console.print_json(data=[_as_json(result) for result in results])
        return
    console.print(table_of(results))
    stages = [result.stage for result in results]
    console.print(", ".join(f"{stages.count(stage)} {stage}" for stage in dict.fromkeys(stages)))


def table_of(results: Sequence[Uploaded]) -> Table:
    """Return a table of what became of pictures."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("picture", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("faces", no_wrap=True)
    table.add_column("labels", overflow="fold")
    for result in results:
        style = "" if result.stage in {"sent", "done"} else "red"
        table.add_row(result.picture.key, result.stage, *_found(result), style=style)
    return table


def _found(result: Uploaded) -> tuple[str, str]:
    """Return the cells for faces and labels; those of a picture that was only sent tell its id."""
    if result.stage == "done" and result.document:
        return words.faces(result.document), words.labels(result.document)
    return "", result.reason or f"id {result.image_id}"


def _as_json(result: Uploaded) -> dict[str, object]:
    return {
        **{k: v for k, v in dataclasses.asdict(result).items() if k != "picture"},
        "path": readable(str(result.picture.path)),
        "key": result.picture.key,
    }
