"""What arrives in the queue of people: the faces bucket's events."""

from onlooker_recognizer import events
from onlooker_recognizer.events import Changes, RecognizeAgain
from onlooker_recognizer.people.faces_bucket import FacesBucket
from onlooker_shared.errors import Reject


def decode(body: str) -> Changes:
    """Return what a message tells.

    Raises:
        pydantic.ValidationError: it is no event of S3.
        Reject: it is about something else.
    """
    told = events.decode(body)
    if isinstance(told, RecognizeAgain):
        raise Reject("This asks that a picture be recognized again: it belongs into the queue of pictures.")
    return told


class PeopleHandler:
    """Handles them.

    Args:
        faces_bucket: enrols whom its objects show.
    """

    def __init__(self, faces_bucket: FacesBucket) -> None:
        self._faces_bucket = faces_bucket

    async def handle(self, told: Changes) -> None:
        """Do what a message asks for.

        Raises:
            Reject: it can never be done.
            RetryLater: it cannot be done now.
        """
        await self._faces_bucket.handle(told)
