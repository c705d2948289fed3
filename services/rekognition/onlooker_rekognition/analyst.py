"""From a request's `Image` member to what the models see in it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from onlooker_rekognition.decoded import DecodedPictures
from onlooker_rekognition.images import Images
from onlooker_rekognition.pool import Pool, QueueFullError, WaitedTooLongError
from onlooker_rekognition.protocol.errors import (
    ImageTooLargeError,
    InvalidImageFormatError,
    InvalidParameterError,
    ServiceError,
    ThrottlingError,
)
from onlooker_rekognition.recent import RecentFaces
from onlooker_rekognition.searchable import Searchable, searchable
from onlooker_rekognition.vision.errors import ImageTooLargeError as TooManyPixelsError
from onlooker_rekognition.vision.errors import ImageTooSmallError, UnreadableImageError
from onlooker_rekognition.vision.image import ENOUGH, Image
from onlooker_rekognition.vision.moderation import ModerationAnalysis
from onlooker_rekognition.vision.properties import ImageProperties
from onlooker_rekognition.vision.results import Box, FaceAnalysis, LabelAnalysis
from onlooker_rekognition.vision.text.reader import Polygon, TextLine, anywhere

Result = TypeVar("Result")


class VisionEngine(Protocol):
    """What the protocol needs of the models; `vision.Engine` has it. Thread-safe."""

    def decode(self, data: bytes, *, enough: int = ENOUGH) -> Image:
        """The upright picture, of a longer side of `enough` pixels at least if it has them.

        Raises UnreadableImageError, or ImageTooLargeError by its header.
        """

    def detect_faces(self, image: Image, *, attributes: bool, embeddings: bool = False) -> tuple[FaceAnalysis, ...]:
        """The 100 largest faces, largest first."""

    def detect_labels(self, image: Image) -> tuple[LabelAnalysis, ...]:
        """All labels, most confident first; a label's parents are among them."""

    def measure_properties(self, image: Image, boxes: Sequence[Box] = ()) -> ImageProperties:
        """Colours, brightness, sharpness and contrast of the picture and its parts, and the colours in `boxes`."""

    def detect_moderation(self, image: Image) -> ModerationAnalysis:
        """Whether the picture shows nudity, and whether it is drawn."""

    def detect_text(self, image: Image, wanted: Callable[[Polygon], bool] = anywhere) -> tuple[TextLine, ...]:
        """What is written in the picture, in reading order, where it is `wanted`: until there are 100 words."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture as the work on it sees it: decoded, and with the SHA-256 of its bytes."""

    engine: VisionEngine
    image: Image
    digest: bytes

    @property
    def image_id(self) -> str:
        """A UUID made of the digest: the same picture has the same id."""
        return str(uuid.UUID(bytes=self.digest[:16], version=4))


class Analyst:
    """Loads a picture, decodes it and has the engine look at it, within the pool's bounds."""

    def __init__(self, engine: VisionEngine, images: Images, pool: Pool, *, decoded_pixels: int) -> None:
        self._engine = engine
        self._images = images
        self._pool = pool
        self._decoded = DecodedPictures(engine.decode, max_pixels=decoded_pixels)
        self._recent = RecentFaces()

    async def examine(self, image: Mapping[str, Any], work: Callable[[Subject], Result]) -> Result:
        """What `work`, done by a worker thread, finds in the picture.

        Raises ThrottlingError when the queue is full or the wait too long, and what is wrong with the picture as
        ServiceError.
        """
        with self._slot():
            data = await self._images.load(image)
            return await self._pool.run(lambda: work(self._subject(data)))

    async def search(self, image: Mapping[str, Any], work: Callable[[Searchable], Result]) -> Result:
        """What `work`, done by a worker thread, finds by the picture's faces; raises what `examine` raises."""
        with self._slot():
            data = await self._images.load(image)
            return await self._pool.run(lambda: work(self._searchable(data)))

    async def examine_pair(
        self, first: Mapping[str, Any], second: Mapping[str, Any], work: Callable[[Subject, Subject], Result]
    ) -> Result:
        """What `work`, done by a worker thread, finds in two pictures; raises what `examine` raises.

        Both are looked at in one slot, by one thread: requests that each held a slot and wanted another could wait for
        one another for ever.
        """
        with self._slot():
            one, other = await self._images.load(first), await self._images.load(second)
            return await self._pool.run(lambda: work(self._subject(one), self._subject(other)))

    async def compute(self, work: Callable[[], Result]) -> Result:
        """What `work`, done by a worker thread, returns. Raises ThrottlingError like `examine`."""
        with self._slot():
            return await self._pool.run(work)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        try:
            with self._pool.slot():
                yield
        except QueueFullError as error:
            raise ThrottlingError("Rate exceeded: the queue of this server is full. Try again.") from error
        except WaitedTooLongError as error:
            raise ThrottlingError("Rate exceeded: no worker became free in time. Try again.") from error

    def _subject(self, data: bytes) -> Subject:
        digest = hashlib.sha256(data).digest()
        with _told():
            image = self._decoded.get(digest, data)
        return Subject(self._engine, image, digest)

    def _searchable(self, data: bytes) -> Searchable:
        with _told():
            return self._recent.get(hashlib.sha256(data).digest(), lambda: searchable(data, self._engine))


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with a picture is told in the service's words."""
    try:
        yield
    except (UnreadableImageError, TooManyPixelsError, ImageTooSmallError) as error:
        raise _as_service_error(error) from error


def _as_service_error(error: Exception) -> ServiceError:
    if isinstance(error, TooManyPixelsError):
        return ImageTooLargeError(f"Image size is too large: {error}")
    if isinstance(error, ImageTooSmallError):
        return InvalidParameterError(f"Request has invalid parameters: {error}")  # Amazon has no error of its own
    return InvalidImageFormatError(f"Request has invalid image format: {error}")
