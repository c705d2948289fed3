"""Are they the same person: the largest face of one picture against the faces of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.faces import MAX_FACES, embedding_of
from onlooker_rekognition.operations.quality import QualityBar, quality_bar
from onlooker_rekognition.operations.shapes import Structure, box, face_detail
from onlooker_rekognition.protocol.errors import InvalidParameterError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision.results import FaceAnalysis
from onlooker_rekognition.vision.similarity import similarity

_DEFAULT_THRESHOLD = 80.0

_Compared = tuple[FaceAnalysis, float]
"""A face of the target and how alike it is, 0..100."""


class Comparison:
    """The operation that compares faces of two pictures."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    async def compare(self, parameters: Parameters) -> Mapping[str, Any]:
        """CompareFaces. A target without faces is no error, a source without any is."""
        bar = quality_bar(parameters.get("QualityFilter", "NONE"))
        threshold = parameters.get("SimilarityThreshold", _DEFAULT_THRESHOLD)

        def work(source: Subject, target: Subject) -> tuple[FaceAnalysis, list[_Compared]]:
            face = _largest(source, bar)
            return face, _compare(face, _faces(target, bar)[:MAX_FACES])

        source, compared = await self._analyst.examine_pair(parameters["SourceImage"], parameters["TargetImage"], work)
        return {
            "SourceImageFace": {"BoundingBox": box(source.box), "Confidence": source.confidence},
            "FaceMatches": [
                {"Similarity": alike, "Face": _compared_face(face)} for face, alike in compared if alike >= threshold
            ],
            "UnmatchedFaces": [_compared_face(face) for face, alike in compared if alike < threshold],
        }


def _largest(source: Subject, bar: QualityBar) -> FaceAnalysis:
    faces = _faces(source, bar)
    if not faces:
        raise InvalidParameterError("Request has invalid parameters: there are no faces in the source image.")
    return faces[0]


def _faces(subject: Subject, bar: QualityBar) -> list[FaceAnalysis]:
    """The faces above the bar, largest first; the others are not compared and not answered."""
    faces = subject.engine.detect_faces(subject.image, attributes=False, embeddings=True)
    return [face for face in faces if not bar.reasons(face, subject.image)]


def _compare(source: FaceAnalysis, faces: Sequence[FaceAnalysis]) -> list[_Compared]:
    """The faces of the target, most alike first."""
    if not faces:
        return []
    alike = similarity(embedding_of(source), np.stack([embedding_of(face) for face in faces]))
    return sorted(zip(faces, alike.tolist(), strict=True), key=lambda compared: -compared[1])


def _compared_face(face: FaceAnalysis) -> Structure:
    """A ComparedFace: Amazon fills its Emotions and Smile for RecognizeCelebrities only."""
    return face_detail(face, frozenset())
