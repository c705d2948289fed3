"""The real engine, once."""

import cv2
import pytest

from onlooker_rekognition.vision import Engine, FaceAnalysis, Image, ModelStore
from onlooker_rekognition.weights.build import ensure
from onlooker_rekognition.weights.lock import default_cache, read_lock
from vision_samples import scene


@pytest.fixture(scope="session")
def models() -> ModelStore:
    ensure(default_cache(), read_lock())
    return ModelStore(default_cache())


@pytest.fixture(scope="session")
def engine(models: ModelStore) -> Engine:
    cv2.setNumThreads(1)
    return Engine(models)


@pytest.fixture(scope="session")
def astronaut(engine: Engine) -> FaceAnalysis:
    """Eileen Collins, smiling at the camera: everything about her face."""
    (face,) = engine.detect_faces(Image(scene("astronaut.png")), attributes=True, embeddings=True)
    return face
