"""The faces of a picture that somebody is looked for by: found in as small a copy of it as tells all that it tells.

A photo of three megapixels takes 20 ms longer to decode and to look at than its half, in which a large face tells as
much. Where any face is small there, the picture itself is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from onlooker_rekognition.vision.image import ENOUGH, Image
from onlooker_rekognition.vision.results import FaceAnalysis

ENOUGH_TO_SEARCH = 1024
"""Pixels that the longer side of a JPEG's smaller copy keeps. The closest windows of the face detector show the
network 1,181 (`vision.detector`), so that even the smallest faces are seen there nearly as well."""

LARGE = 112
"""Pixels of a face's shorter side from which on more would tell no more: its quality is measured at this size
(`vision.quality`), and the embedding's chip has 100 from ear to ear."""


class FaceEngine(Protocol):
    """What this needs of the models; `vision.Engine` has it."""

    def decode(self, data: bytes, *, enough: int = ENOUGH) -> Image:
        """The upright picture, of a longer side of `enough` pixels at least if it has them."""

    def detect_faces(self, image: Image, *, attributes: bool, embeddings: bool = False) -> tuple[FaceAnalysis, ...]:
        """The 100 largest faces, largest first."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """A picture's faces with embeddings, largest first."""

    faces: tuple[FaceAnalysis, ...]
    width: int
    """Pixels of the picture in which they were found."""
    height: int


def searchable(data: bytes, engine: FaceEngine) -> Searchable:
    """The faces of the picture in `data`; raises what decoding raises."""
    image = engine.decode(data, enough=ENOUGH_TO_SEARCH)
    found = _found(image, engine)
    if image.reduced > 1 and any(_side(face, found) < LARGE for face in found.faces):
        return _found(engine.decode(data), engine)
    return found


def _found(image: Image, engine: FaceEngine) -> Searchable:
    faces = engine.detect_faces(image, attributes=False, embeddings=True)
    return Searchable(faces, image.width, image.height)


def _side(face: FaceAnalysis, picture: Searchable) -> float:
    return min(face.box.width * picture.width, face.box.height * picture.height)
