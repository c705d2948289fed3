"""The faces in a picture that nobody stored: it is sent to Rekognition itself, whatever its size.

Only where they are and how good they are is asked for, not age, emotions and the like: somebody waits for the answer.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from onlooker_recognizer import translation
from onlooker_recognizer.calls import Calls
from onlooker_recognizer.conversion import LONGER_SIDE, QUALITY
from onlooker_recognizer.pictures import MAX_INLINE_BYTES, Pictures
from onlooker_recognizer.questions import DETECT_FACES
from onlooker_shared.recognition import Face


@dataclass(frozen=True, slots=True)
class Detected:
    """A picture's faces."""

    width: int
    """Pixels of the upright picture."""
    height: int
    faces: tuple[Face, ...]
    """Largest first."""


class Detecting:
    """Finds faces.

    Args:
        pictures: prepares pictures.
        calls: how Rekognition is called.
        price: of a call, in US dollars.
    """

    def __init__(self, pictures: Pictures, calls: Calls, *, price: float) -> None:
        self._pictures = pictures
        self._calls = calls
        self._price = price

    async def detect(self, data: bytes) -> Detected:
        """Return the faces in a picture.

        Raises:
            onlooker_recognizer.errors.PictureRefusedError: it is no picture, a damaged one, or too large a one.
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: it does not answer, or denies it.
        """
        picture = await self._pictures.prepare(data)
        body = picture.body
        if body is None:  # Rekognition would fetch it from a bucket, which this one may not be in
            body = data if len(data) <= MAX_INLINE_BYTES else await self._pictures.look(data, _smaller)
        asked = {"Image": {"Bytes": body}, "Attributes": ["DEFAULT"]}
        answer = await self._calls.call(DETECT_FACES, asked, price=self._price)
        faces = (translation.face(detail, picture.frame) for detail in answer["FaceDetails"])
        by_size = sorted(faces, key=lambda face: -face.bounding_box.width * face.bounding_box.height)
        return Detected(picture.width, picture.height, tuple(by_size))


def _smaller(upright: Image.Image) -> bytes:
    """Return a picture as a JPEG that fits into a request."""
    upright.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    upright.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
