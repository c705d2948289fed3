"""What arrives in the queue of people: the faces bucket's events, and jobs about the past."""

import json
from typing import TypeAlias

from onlooker_recognizer import events
from onlooker_recognizer.events import Changes, RecognizeAgain
from onlooker_recognizer.people.changes.owed import RELABEL, Relabel
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.enrolment.faces_bucket import FacesBucket
from onlooker_recognizer.people.erasure.erasing import ERASE, Erase, Erasing
from onlooker_shared.errors import Reject

Told: TypeAlias = Changes | Relabel | Erase


def decode(body: str) -> Told:
    """Return what a message tells or asks.

    Raises:
        pydantic.ValidationError: it is neither an event of S3 nor a job.
        Reject: it is about something else.
    """
    match _type_of(body):
        case str(kind) if kind == RELABEL:
            return Relabel.model_validate_json(body)
        case str(kind) if kind == ERASE:
            return Erase.model_validate_json(body)
    told = events.decode(body)
    if isinstance(told, RecognizeAgain):
        raise Reject("This asks that a picture be recognized again: it belongs into the queue of pictures.")
    return told


class PeopleHandler:
    """Handles them.

    Args:
        faces_bucket: enrols whom its objects show.
        relabelling: brings pictures up to date.
        erasing: erases people.
    """

    def __init__(self, faces_bucket: FacesBucket, relabelling: Relabelling, erasing: Erasing) -> None:
        self._faces_bucket = faces_bucket
        self._relabelling = relabelling
        self._erasing = erasing

    async def handle(self, told: Told) -> None:
        """Do what a message asks for.

        Raises:
            Reject: it can never be done.
            RetryLater: it cannot be done now.
        """
        match told:
            case Relabel():
                await self._relabelling.handle(told)
            case Erase():
                await self._erasing.handle(told)
            case Changes():
                await self._faces_bucket.handle(told)


def _type_of(body: str) -> str | None:
    """Return the type that a job names; None for what is no job, whatever else it is."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told.get("type") if isinstance(told, dict) else None
