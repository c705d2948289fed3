"""The faces in a picture that nobody stored: it is sent to Rekognition itself, whatever its size.

Only where they are and how good they are is asked for, not age, emotions and the like: somebody waits for the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from onlooker_recognizer import translation
from onlooker_recognizer.calls import Calls
from onlooker_recognizer.conversion import LONGER_SIDE, QUALITY, Frame
from onlooker_recognizer.people.collection.crops import Crop
from onlooker_recognizer.pictures import MAX_INLINE_BYTES, Pictures
from onlooker_recognizer.questions import DETECT_FACES
from onlooker_shared.recognition import BoundingBox, Face


@dataclass(frozen=True, slots=True)
class Detected:
    """A picture's faces."""

    width: int
    """Pixels of the upright picture."""
    height: int
    faces: tuple[Face, ...]
    """Largest first."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """A picture as it is sent to Rekognition."""

    body: bytes
    width: int
    """Pixels of the upright picture."""
    height: int
    frame: Frame
    """Which part of what is sent is the picture."""

    @property
    def whole(self) -> Crop:
        """All of it, as a face's crop."""
        return Crop(self.body, BoundingBox(left=0, top=0, width=1 / self.frame.width, height=1 / self.frame.height))

    def faces(self, details: Iterable[dict[str, Any]]) -> tuple[Face, ...]:
        """Return what Rekognition tells of faces, largest first."""
        faces = (translation.face(detail, self.frame) for detail in details)
        return tuple(sorted(faces, key=lambda face: -face.bounding_box.width * face.bounding_box.height))


class Detecting:
    """Finds faces.

    Args:
        pictures: prepares pictures.
        calls: how Rekognition is called.
    """

    def __init__(self, pictures: Pictures, calls: Calls) -> None:
        self._pictures = pictures
        self._calls = calls

    async def detect(self, data: bytes) -> Detected:
        """Return the faces in a picture.

        Raises:
            onlooker_recognizer.errors.PictureRefusedError: it is no picture, a damaged one, or too large a one.
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: it does not answer, or denies it.
        """
        sendable = await self.sendable(data)
        asked = {"Image": {"Bytes": sendable.body}, "Attributes": ["DEFAULT"]}
        answer = await self._calls.call(DETECT_FACES, asked)
        return Detected(sendable.width, sendable.height, sendable.faces(answer["FaceDetails"]))

    async def sendable(self, data: bytes) -> Sendable:
        """Return a picture as it fits into a request.

        Raises:
            onlooker_recognizer.errors.PictureRefusedError: it is no picture, a damaged one, or too large a one.
        """
        picture = await self._pictures.prepare(data)
        body = picture.body
        if body is None:  # Rekognition would fetch it from a bucket, which this one may not be in
            body = data if len(data) <= MAX_INLINE_BYTES else await self._pictures.look(data, _smaller)
        return Sendable(body, picture.width, picture.height, picture.frame)


def _smaller(upright: Image.Image) -> bytes:
    """Return a picture as a JPEG that fits into a request."""
    upright.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    upright.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
