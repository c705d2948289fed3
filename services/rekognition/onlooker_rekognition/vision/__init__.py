"""Pictures in, knowledge out: faces, their attributes and embeddings, and labels, by models run locally."""

from onlooker_rekognition.vision.embeddings import EMBEDDING_MODEL
from onlooker_rekognition.vision.engine import (
    FACE_MODEL_VERSION,
    LABEL_MODEL_VERSION,
    Engine,
)
from onlooker_rekognition.vision.errors import (
    ImageTooLargeError,
    ModelError,
    ProviderError,
    UnreadableImageError,
    VisionError,
)
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import ModelStore
from onlooker_rekognition.vision.results import (
    UNDECIDED,
    Box,
    Embedding,
    Emotion,
    FaceAnalysis,
    FaceAttributes,
    Gender,
    LabelAnalysis,
    LabelInstance,
    Landmark,
    Pose,
    Quality,
    Verdict,
)
from onlooker_rekognition.vision.runtime import Runtime
from onlooker_rekognition.vision.similarity import similarity

__all__ = [
    "EMBEDDING_MODEL",
    "FACE_MODEL_VERSION",
    "LABEL_MODEL_VERSION",
    "UNDECIDED",
    "Box",
    "Embedding",
    "Emotion",
    "Engine",
    "FaceAnalysis",
    "FaceAttributes",
    "Gender",
    "Image",
    "ImageTooLargeError",
    "LabelAnalysis",
    "LabelInstance",
    "Landmark",
    "ModelError",
    "ModelStore",
    "Pose",
    "ProviderError",
    "Quality",
    "Runtime",
    "UnreadableImageError",
    "Verdict",
    "VisionError",
    "similarity",
]
