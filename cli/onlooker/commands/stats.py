"""`onlooker stats`: the index in figures."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.columns import Columns
from rich.table import Table

from onlooker import terminal, words
from onlooker.commands import filters
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json

MOST = 12
"""Labels, people, ... and periods shown of each."""
BAR = 30
"""Characters of the longest bar."""
COUNTED = {
    "labels": ("label", "pictures"),
    "persons": ("person", "pictures"),
    "emotions": ("emotion", "faces"),
    "ages": ("age", "faces"),
    "colors": ("colour", "pictures"),
    "moderation": ("moderation", "pictures"),
    "folders": ("folder", "pictures"),
    "failures": ("why pictures failed", "pictures"),
}
"""What is counted, and how the columns of its table are headed."""


def stats(
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
    interval: Annotated[Literal["minute", "hour", "day", "month"], typer.Option(help="Of the timeline.")] = "day",
    json: Json = False,
) -> None:
    """Count pictures, faces, labels, people, emotions, ...: of all pictures, or of those that are like this."""
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
        interval=interval,
    )
    found = ask(data, lambda client: client.statistics(asked))
    console = terminal.output()
    if json:
        console.print_json(data=found)
        return
    console.print(summary(found))
    if found["total"]:
        console.print(Columns(tables_of(found), padding=(0, 3)))
        console.print(timeline_of(found["timeline"]))


def summary(found: dict[str, Any]) -> str:
    """Return the figures in a sentence."""
    failed = f", {found['failed']} failed" if found["failed"] else ""
    pictures, faces = words.many(found["total"], "picture"), words.many(found["faces"], "face")
    return f"{pictures}, {found['recognized']} recognized{failed}; {faces}."


def tables_of(found: dict[str, Any]) -> Iterator[Table]:
    """Return a table for each kind of things that there is anything of."""
    for aspect, header in COUNTED.items():
        entries = found[aspect]
        if not entries:
            continue
        table = Table(*header, box=box.SIMPLE_HEAD)
        table.columns[1].justify = "right"
        for entry in entries[:MOST]:
            name = entry["name"].capitalize() if aspect == "emotions" else entry["name"] or "(none)"
            share = f"  {entry['share']:4.0%}" if "share" in entry else ""
            table.add_row(name, f"{entry['count']:,}{share}")
        if len(entries) > MOST:
            table.add_row("...", "")
        yield table


def timeline_of(periods: list[dict[str, Any]]) -> Table:
    """Return the latest periods with a bar for each."""
    table = Table("uploaded", "pictures", "", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    latest = periods[-MOST:]
    longest = max(period["count"] for period in latest)
    for period in latest:
        failed = f"  {period['failed']} failed" if period["failed"] else ""
        bar = "█" * max(1, period["count"] * BAR // longest)
        table.add_row(period["start"].rstrip("Z").replace("T", " "), f"{period['count']:,}", bar + failed)
    return table
