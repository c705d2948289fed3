"""`onlooker delete`: pictures, and with them everything that is known about them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.images import IMAGE_ID_PATTERN

SHOWN = 10
"""Pictures that are named before somebody is asked about them."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A picture that is to be deleted."""

    bucket: str
    key: str
    etag: str | None = None
    """Without quotes; only the version with this one, where somebody named it by its id."""

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}"


def delete(
    images: Annotated[list[str], typer.Argument(help="BUCKET/KEY as `show` prints it, or an image id.")],
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete pictures, and everything that is known about them. Exits 1 if one could not be deleted."""
    refused = ask(data, lambda client: _delete(client, images, sure=yes))
    if refused:
        raise typer.Exit(1)


async def _delete(client: OnlookerClient, images: Sequence[str], *, sure: bool) -> int:
    """Delete pictures once somebody agreed; return how many could not be."""
    doomed = list(dict.fromkeys([await _named(client, image) for image in images]))
    if not sure:
        _ask(doomed)
    refused = [each for each in doomed if not await _deleted(client, each)]
    terminal.output().print(f"{words.many(len(doomed) - len(refused), 'picture')} deleted")
    return len(refused)


async def _named(client: OnlookerClient, image: str) -> Doomed:
    """Return the picture that somebody named.

    Raises:
        ApiError: nothing is known about a picture with this id.
        ConfigurationError: it is neither an id nor a bucket and a key.
    """
    if re.fullmatch(IMAGE_ID_PATTERN, image):
        found = (await client.recognition(image))["image"]
        return Doomed(found["bucket"], found["key"], found["etag"])
    bucket, slash, key = image.partition("/")
    if not (bucket and slash and key):
        raise ConfigurationError(f"'{image}' is neither BUCKET/KEY nor an image id; `onlooker show` prints both.")
    return Doomed(bucket, key)


def _ask(doomed: Sequence[Doomed]) -> None:
    """Return if somebody agrees; end the command if not."""
    console = terminal.messages()
    for each in doomed[:SHOWN]:
        console.print(str(each), soft_wrap=True)
    if len(doomed) > SHOWN:
        console.print(f"and {len(doomed) - SHOWN} more")
    typer.confirm(
        f"Delete {words.many(len(doomed), 'picture')}, and everything that is known of them?", abort=True, err=True
    )


async def _deleted(client: OnlookerClient, doomed: Doomed) -> bool:
    """Delete one, or say why not."""
    try:
        await client.delete(doomed.bucket, doomed.key, etag=doomed.etag)
    except ApiError as error:
        if not error.status:
            raise  # nobody answers: the others will fare no better
        terminal.messages().print(f"{doomed}: {error}", style="red", soft_wrap=True)
        return False
    return True
