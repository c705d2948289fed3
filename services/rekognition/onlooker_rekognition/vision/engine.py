"""One object that answers every question about a picture; safe to use from many threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import repeat

import numpy as np

from onlooker_rekognition.vision import landmarks, pose, properties, quality
from onlooker_rekognition.vision.attributes import AttributeReader
from onlooker_rekognition.vision.detector import FaceDetector
from onlooker_rekognition.vision.embeddings import Embedder
from onlooker_rekognition.vision.eyes import Eyes
from onlooker_rekognition.vision.faces import Face, FaceFinder
from onlooker_rekognition.vision.image import ENOUGH, Image, Pixels, decode
from onlooker_rekognition.vision.kinds import Classifier
from onlooker_rekognition.vision.labels import LabelReader
from onlooker_rekognition.vision.mesh import MeshFitter
from onlooker_rekognition.vision.models import ModelStore
from onlooker_rekognition.vision.moderation import ModerationAnalysis, ModerationReader
from onlooker_rekognition.vision.objects import ObjectDetector
from onlooker_rekognition.vision.once import Once
from onlooker_rekognition.vision.properties import ImageProperties
from onlooker_rekognition.vision.resample import crop
from onlooker_rekognition.vision.results import (
    Box,
    Embedding,
    FaceAnalysis,
    LabelAnalysis,
    Landmark,
)
from onlooker_rekognition.vision.taxonomy import Taxonomy
from onlooker_rekognition.vision.text.detector import TextDetector
from onlooker_rekognition.vision.text.reader import Polygon, TextLine, TextReader, anywhere
from onlooker_rekognition.vision.text.recognizer import TextRecognizer
from onlooker_rekognition.vision.together import ahead

FACE_MODEL_VERSION = "7.0"
LABEL_MODEL_VERSION = "3.0"
"""What Rekognition states; clients compare them as opaque strings."""

DEFAULT_MAX_PIXELS = 100_000_000

MOST_FACES = 100
"""The largest of a picture that are described: as many as Amazon's operations answer with; a face takes 30 ms."""


class Engine:
    """Every method may be called from any number of threads at once.

    With one thread a model, as many calls at once as there are cores make the best use of them; OpenCV's own
    threads are the composition root's to switch off (`cv2.setNumThreads(1)`).
    """

    def __init__(
        self, models: ModelStore, *, max_pixels: int = DEFAULT_MAX_PIXELS, helpers: Executor | None = None
    ) -> None:
        """Raises ModelError if any model is missing or altered. None is loaded before it is used.

        `helpers` are threads for cores that a single caller would leave idle.
        """
        models.verify()
        network = models.network
        self._max_pixels = max_pixels
        self._helpers = helpers
        # what each reader needs; it is built, and its networks are loaded, at the first question for it
        self._faces = Once(
            lambda: FaceFinder(FaceDetector(network("blazeface"), helpers), MeshFitter(network("facemesh")))
        )
        self._attributes = Once(
            lambda: AttributeReader(
                faceres=network("faceres"),
                emotion=network("emotion"),
                expression=network("face_expression"),
                eyes=Eyes(network("iris")),
            )
        )
        self._embedder = Once(lambda: Embedder(network("face_recognition")))
        self._text = Once(
            lambda: TextReader(TextDetector(network("text_detection")), TextRecognizer(network("text_recognition")))
        )
        self._moderation = Once(lambda: ModerationReader(network("moderation")))
        self._labels = Once(
            lambda: LabelReader(
                ObjectDetector(network("centernet")), Classifier(network("efficientnet")), Taxonomy.read()
            )
        )

    def decode(self, data: bytes, *, enough: int = ENOUGH) -> Image:
        """The upright picture of a JPEG or PNG; of a larger JPEG a copy with `enough` pixels in its longer side.

        Raises ImageTooLargeError by the header, before anything is decoded, and UnreadableImageError.
        """
        return decode(data, max_pixels=self._max_pixels, enough=enough)

    def detect_faces(self, image: Image, *, attributes: bool, embeddings: bool = False) -> tuple[FaceAnalysis, ...]:
        """The 100 largest faces, largest first; attributes and embeddings only when asked for, as they cost time."""
        faces = self._faces().find(image.pixels)[:MOST_FACES]
        if not faces:
            return ()
        meshes = [face.mesh for face in faces]
        with ahead(lambda: [_analysis(image, face) for face in faces], self._helpers) as analyses:
            read = self._attributes().read(image.pixels, meshes) if attributes else repeat(None)
            chips = self._embedder().align(image.pixels, meshes) if embeddings else None
            vectors = self._embedder().embed(chips) if chips else repeat(None)
            parts = zip(analyses(), read, vectors, chips or repeat(None), strict=False)
        return tuple(
            replace(analysis, attributes=of_face, embedding=vector, chip=chip)
            for analysis, of_face, vector, chip in parts
        )

    def embed_chips(self, chips: Sequence[Pixels]) -> list[Embedding]:
        """The embedding of each chip, as if it had just been found; at least one."""
        return self._embedder().embed(chips)

    def detect_labels(self, image: Image) -> tuple[LabelAnalysis, ...]:
        """All labels, most confident first; a label's parents are among them."""
        return self._labels().read(image)

    def detect_moderation(self, image: Image) -> ModerationAnalysis:
        """Whether the picture shows nudity, and whether it is drawn."""
        return self._moderation().read(image)

    def detect_text(self, image: Image, wanted: Callable[[Polygon], bool] = anywhere) -> tuple[TextLine, ...]:
        """What is written in the picture, in reading order, where it is `wanted`: until there are 100 words."""
        return self._text().read(image, wanted)

    def measure_properties(self, image: Image, boxes: Sequence[Box] = ()) -> ImageProperties:
        """Colours, brightness, sharpness and contrast of the picture and its parts, and the colours in `boxes`."""
        return properties.measure(image, boxes)


def _analysis(image: Image, face: Face) -> FaceAnalysis:
    limits = np.array([image.width, image.height])
    left, top, right, bottom = (float(edge) for edge in face.box / np.tile(limits, 2))
    places = landmarks.locate(face.mesh.points[:, :2] / limits)
    aligned = crop(image.pixels, face.mesh.crop_transform(1.0, quality.SIZE), quality.SIZE)
    return FaceAnalysis(
        box=Box(left, top, right - left, bottom - top),
        confidence=100 * face.score,
        landmarks=tuple(Landmark(kind, x, y) for kind, (x, y) in places.items()),
        pose=pose.measure(face.mesh.points),
        quality=quality.measure(aligned),
    )
