"""What became of pictures that were uploaded. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from onlooker_console.apis import Outcome
from onlooker_console.tiles import tile

TAKEN_NAME = "A picture of this name is there already; nothing was changed."


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file of a form."""

    key: str
    image_id: str
    """Empty: it was not stored."""
    problem: str


def progress(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what a page that follows a picture is told of its document."""
    shown = tile(document)
    failed = shown.state == "failed"
    return {"id": shown.image_id, "state": "failed" if failed else "recognized", "what": shown.reason or shown.what}


def sent(key: str, outcome: Outcome[str]) -> Sent:
    """Return what is said of a file that was tried to be stored: the outcome has the picture's id."""
    if outcome.error is None:
        return Sent(key, outcome.value or "", "")
    taken = outcome.error.status == HTTPStatus.PRECONDITION_FAILED
    return Sent(key, "", TAKEN_NAME if taken else outcome.error.detail)
