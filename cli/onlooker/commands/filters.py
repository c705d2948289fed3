"""The options that say which pictures are meant, the same for every command that asks the index."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

Words = Annotated[list[str] | None, typer.Argument(help="Words: labels, names, text in pictures, file names.")]
Label = Annotated[list[str] | None, typer.Option(help="Has this label; may be repeated.")]
Person = Annotated[list[str] | None, typer.Option(help="Shows this person; may be repeated.")]
Emotion = Annotated[str | None, typer.Option(help="Some face shows it: happy, calm, sad, ...")]
MinAge = Annotated[int | None, typer.Option(help="Some face may be as old or older.")]
MaxAge = Annotated[int | None, typer.Option(help="Some face may be as old or younger.")]
MinFaces = Annotated[int | None, typer.Option(help="Shows so many faces or more.")]
MaxFaces = Annotated[int | None, typer.Option(help="Shows so many faces or fewer.")]
Color = Annotated[list[str] | None, typer.Option(help="Has this plain colour: red, blue, ...; may be repeated.")]
Moderation = Annotated[str | None, typer.Option(help="Has this moderation label, or one below it.")]
Moderated = Annotated[
    bool | None,
    typer.Option("--moderated/--unmoderated", help="Has any moderation label, or none.", show_default=False),
]
Since = Annotated[datetime | None, typer.Option("--from", help="Uploaded then or later, UTC.")]
Until = Annotated[datetime | None, typer.Option("--to", help="Uploaded before then, UTC.")]
Bucket = Annotated[str | None, typer.Option(help="Lies in this bucket.")]
Prefix = Annotated[str | None, typer.Option(help="The key begins like this.")]
State = Annotated[Literal["recognized", "failed"] | None, typer.Option(help="What became of it.")]


def asked(text: list[str] | None, **given: Any) -> dict[str, Any]:
    """Return the parameters of a request: what was given, under the API's names.

    Args:
        text: words to search for.
        given: the other options, by the API's names; `since` and `until` stand for `from` and `to`, Python's words.
    """
    named = {"q": " ".join(text or ()) or None, **given, "from": given.get("since"), "to": given.get("until")}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in named.items()
        if value is not None and value != [] and name not in {"since", "until"}
    }
