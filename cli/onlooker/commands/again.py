"""`onlooker again`: have pictures recognized anew, as after a feature was switched on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import typer

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Patience
from onlooker.commands.which_picture import id_of
from onlooker.waiting import until


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture that will be recognized again."""

    image: str
    """As somebody named it."""
    image_id: str
    at: datetime
    """What is known of it since then is new."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it."""

    well: bool
    told: str
    """In words."""


def again(
    images: Annotated[list[str], typer.Argument(help="Image ids, or the pictures' keys, with or without BUCKET/.")],
    data: Data = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until each is recognized.")] = False,
    patience: Patience = 120.0,
) -> None:
    """Have pictures recognized again; Amazon charges for each. Exits 1 if one could not be, as far as is known."""
    if not ask(data, lambda client: _again(client, images, wait=wait, patience=patience)):
        raise typer.Exit(1)


async def _again(client: OnlookerClient, images: Sequence[str], *, wait: bool, patience: float) -> bool:
    """Ask for pictures, and wait for them if wanted; return whether all went well."""
    found = [await _ask(client, image) for image in images]
    asked = [each for each in found if each is not None]
    done = len(asked)
    if wait:
        done = await _wait_for(client, asked, patience)
    return done == len(images)


async def _ask(client: OnlookerClient, image: str) -> Asked | None:
    """Ask for one, and say so or why not."""
    try:
        image_id = await id_of(client, image)
        requested = await client.recognize_again(image_id)
    except ApiError as error:
        if not error.status:
            raise  # nobody answers: the others will fare no better
        _complain(image, str(error))
        return None
    terminal.output().print(f"{image}: will be recognized again; see `onlooker show {image_id}`", soft_wrap=True)
    return Asked(image, image_id, datetime.fromisoformat(requested["requested_at"]))


async def _wait_for(client: OnlookerClient, asked: Sequence[Asked], patience: float) -> int:
    """Wait until pictures are recognized, say what came out, and return how many were."""
    recognized = 0
    deadline = time.monotonic() + patience
    for each in asked:
        ended = await until(deadline, partial(_ended, client, each))
        if ended is None:
            reason = f"not done after {patience:.0f} s; `onlooker queues` shows what it waits for, or why it failed"
            _complain(each.image, reason)
            continue
        deadline = time.monotonic() + patience
        if ended.well:
            terminal.output().print(f"{each.image}: {ended.told}", soft_wrap=True)
            recognized += 1
        else:
            _complain(each.image, ended.told)
    return recognized


async def _ended(client: OnlookerClient, asked: Asked) -> Ended | None:
    """Return what came of a picture; None if nothing did yet, or if the installation asks to come back later."""
    try:
        found = await client.recognition(asked.image_id)
    except ApiError as error:
        if not error.status:
            raise  # as above
        return Ended(well=False, told=str(error)) if error.retry_after is None else None
    well = found["state"] == "recognized"
    when = found["recognition"]["recognized_at"] if well else found["failed_at"]
    if when is None or datetime.fromisoformat(when) < asked.at:
        return None
    return Ended(well, _in_words(found["recognition"]) if well else found["reason"])


def _in_words(recognition: dict[str, Any]) -> str:
    faces, labels = len(recognition["faces"]), len(recognition["labels"])
    return f"recognized, {words.many(faces, 'face')}, {words.many(labels, 'label')}"


def _complain(image: str, reason: str) -> None:
    terminal.messages().print(f"{image}: {reason}", style="red", soft_wrap=True)
