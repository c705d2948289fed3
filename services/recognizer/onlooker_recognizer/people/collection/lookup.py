"""Looks up the faces of a picture in the collection: those that are good enough, each by its own crop."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from onlooker_recognizer.people.collection.answers import Found
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.crops import MARGINS, Crop, cut, reduction, shorter_side, touches
from onlooker_recognizer.people.collection.detecting import Detected, Sendable
from onlooker_recognizer.pictures import Pictures
from onlooker_shared.recognition import BoundingBox, Face


@dataclass(frozen=True, slots=True)
class Bar:
    """What a face needs at least."""

    side: float
    """Pixels of its shorter side in the picture."""
    brightness: float
    """0 to 100, as DetectFaces tells it."""
    sharpness: float
    """Likewise."""

    def passes(self, face: Face, width: int, height: int) -> bool:
        """Whether a face in a picture of this size is good enough."""
        if shorter_side(face.bounding_box, width, height) < self.side:
            return False
        quality = face.quality
        return quality is None or (quality.brightness >= self.brightness and quality.sharpness >= self.sharpness)


@dataclass(frozen=True, slots=True)
class Looked:
    """A face that was looked up."""

    face: Face
    crop: Crop
    """That it was looked up by."""
    found: Found


class Lookup:
    """Looks up faces.

    Args:
        pictures: decodes the picture, once for all its faces.
        collection: is searched.
        bar: what a face needs.
        threshold: the least similarity that is told of.
        at_once: searches at the same time, of all pictures together.
    """

    def __init__(self, *, pictures: Pictures, collection: Collection, bar: Bar, threshold: float, at_once: int) -> None:
        self._pictures = pictures
        self._collection = collection
        self._bar = bar
        self._threshold = threshold
        self._turns = asyncio.Semaphore(at_once)

    async def look_up(
        self, data: bytes, faces: Sequence[Face], width: int, height: int, *, beside: Sequence[Face] = ()
    ) -> list[Looked | None]:
        """Return what is found by each face; None where one is not good enough, or not seen in its crop.

        Args:
            data: the picture's bytes.
            faces: those that are looked up.
            width: pixels of the upright picture.
            height: likewise.
            beside: what other faces are in it: a crop must not show one of them in place of the face that is meant.

        Raises:
            PictureRefusedError: the picture cannot be decoded here.
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError:
                as for `Collection.search`.
        """
        good = [face for face in faces if self._bar.passes(face, width, height)]
        if not good:
            return [None] * len(faces)
        boxes = [face.bounding_box for face in (*faces, *beside)]
        wanted = [face.bounding_box for face in good]
        crops = await self._pictures.look(
            data,
            lambda upright: [_crops(upright, box, boxes) for box in wanted],
            reduction=reduction(wanted, width, height),
        )
        searches = [asyncio.ensure_future(self._search(face, tried)) for face, tried in zip(good, crops, strict=True)]
        try:
            looked = dict(zip(map(id, good), await asyncio.gather(*searches), strict=True))
        finally:
            for search in searches:  # when one fails, the others' answers are of no use any more
                search.cancel()
        return [looked.get(id(face)) for face in faces]

    async def look_up_whole(self, data: bytes, picture: Sendable) -> tuple[Detected, list[Looked | None]]:
        """Return the faces of a picture with what is found by each: quicker than to find them and cut them out first.

        The search itself tells which faces there are, and looks up the largest, which mostly is the only one.

        Args:
            data: the picture's bytes.
            picture: the same, as it is sent.

        Raises:
            PictureRefusedError, onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError,
            botocore.exceptions.ClientError: as for `look_up`.
        """
        async with self._turns:
            seen = await self._collection.see(picture.body, threshold=self._threshold)
        detected = Detected(picture.width, picture.height, picture.faces(seen.details))
        if seen.found is None:
            return detected, [None] * len(detected.faces)
        (searched,) = picture.faces(seen.details[:1])
        others = [face for face in detected.faces if face != searched]
        found = await self.look_up(data, others, picture.width, picture.height, beside=[searched])
        looked = dict(zip(others, found, strict=True))
        if self._bar.passes(searched, picture.width, picture.height):
            looked[searched] = Looked(searched, picture.whole, seen.found)
        return detected, [looked.get(face) for face in detected.faces]

    async def again(self, looked: Looked) -> Looked:
        """Return what is found by a face now."""
        async with self._turns:
            found = await self._collection.search(looked.crop.jpeg, threshold=self._threshold)
        return looked if found is None else Looked(looked.face, looked.crop, found)

    async def _search(self, face: Face, crops: Sequence[Crop]) -> Looked | None:
        for crop in crops:
            async with self._turns:
                found = await self._collection.search(crop.jpeg, threshold=self._threshold)
            if found and crop.shows(found.box, face.bounding_box):
                return Looked(face, crop, found)
        return None


def _crops(upright: Image.Image, box: BoundingBox, others: Sequence[BoundingBox]) -> list[Crop]:
    """Return what a face is searched by: with the usual margin, and with less where that has another face in it."""
    usual = cut(upright, box)
    if not any(other is not box and touches(usual.part, other) for other in others):
        return [usual]
    return [usual, *(cut(upright, box, margin=margin) for margin in MARGINS[1:])]
