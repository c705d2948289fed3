"""`onlooker again`: have pictures recognized anew, as after a feature was switched on."""

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated

import typer

from onlooker import terminal
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.options import Data
from onlooker.commands.show import find
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.images import IMAGE_ID_PATTERN


def again(
    images: Annotated[list[str], typer.Argument(help="Image ids, or the pictures' keys.")],
    data: Data = None,
) -> None:
    """Have pictures recognized again; Amazon charges for each. Exits 1 if one could not be asked for."""
    if asyncio.run(_again(Target(DataFolder.chosen(data)), images)):
        raise typer.Exit(1)


async def _again(target: Target, images: Sequence[str]) -> int:
    """Ask for pictures and return how many could not be asked for."""
    async with target.client() as client:
        return sum([not await _asked(client, image) for image in images])


async def _asked(client: OnlookerClient, image: str) -> bool:
    """Ask for one, and say so or why not."""
    try:
        known = re.fullmatch(IMAGE_ID_PATTERN, image)
        image_id = image if known else (await find(client, image))["image_id"]
        await client.recognize_again(image_id)
    except ApiError as error:
        if not error.status:
            raise  # nobody answers: the others will fare no better
        terminal.messages().print(f"{image}: {error}", style="red", soft_wrap=True)
        return False
    terminal.output().print(f"{image}: will be recognized again; see `onlooker show {image_id}`", soft_wrap=True)
    return True
