"""One object that answers every question about a picture; safe to use from many threads."""

from __future__ import annotations

from onlooker_rekognition.vision.image import Image, decode
from onlooker_rekognition.vision.models import ModelStore
from onlooker_rekognition.vision.results import FaceAnalysis, LabelAnalysis

FACE_MODEL_VERSION = "7.0"
LABEL_MODEL_VERSION = "3.0"


class Engine:
    """The models, loaded once. Every method may be called from any number of threads at once."""

    def __init__(self, models: ModelStore, *, threads: int = 1, max_pixels: int = 100_000_000) -> None:
        self._models = models
        self._threads = threads
        self._max_pixels = max_pixels

    def decode(self, data: bytes) -> Image:
        """The upright picture. Raises UnreadableImageError, or ImageTooLargeError by its header."""
        return decode(data, max_pixels=self._max_pixels)

    def detect_faces(
        self, image: Image, *, attributes: bool, embeddings: bool = False
    ) -> tuple[FaceAnalysis, ...]:
        """All faces, largest first."""
        raise NotImplementedError

    def detect_labels(self, image: Image) -> tuple[LabelAnalysis, ...]:
        """All labels, most confident first; a label's parents are among them."""
        raise NotImplementedError
