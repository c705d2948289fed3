"""`onlooker stats`: the index in figures."""

import asyncio
from typing import Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.target import Target

LABELS = 15
"""Labels shown."""


def stats(data: Data = None, json: Json = False) -> None:
    """Show how many pictures, faces, labels and emotions there are."""
    found = asyncio.run(_stats(Target(DataFolder.chosen(data))))
    console = terminal.output()
    if json:
        console.print_json(data=found)
        return
    console.print(summary(found))
    if found["total"] == 0:
        raise typer.Exit
    labels = Table("label", "pictures", box=box.SIMPLE_HEAD)
    for entry in found["labels"][:LABELS]:
        labels.add_row(entry["name"], str(entry["count"]))
    emotions = Table("emotion", "faces", "share", box=box.SIMPLE_HEAD)
    for entry in found["emotions"]:
        emotions.add_row(entry["name"].capitalize(), str(entry["count"]), f"{entry['share']:.0%}")
    console.print(labels, emotions)


def summary(found: dict[str, Any]) -> str:
    """Return the figures in a sentence."""
    failed = f", {found['failed']} failed" if found["failed"] else ""
    pictures, faces = words.many(found["total"], "picture"), words.many(found["faces"], "face")
    return f"{pictures}, {found['recognized']} recognized{failed}; {faces}."


async def _stats(target: Target) -> dict[str, Any]:
    async with target.client() as client:
        return await client.statistics()
