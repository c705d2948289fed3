"""What is looked for in the frames of a video, one class for each kind of job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from onlooker_rekognition.analyst import VisionEngine
from onlooker_rekognition.jobs import SEGMENTS, TIMESTAMPS, Finding, Structure
from onlooker_rekognition.operations.faces import MAX_FACES, embedding_of
from onlooker_rekognition.operations.labels import LabelFilter
from onlooker_rekognition.operations.moderation import MIN_CONFIDENCE
from onlooker_rekognition.operations.search import face_matches, threshold_of
from onlooker_rekognition.operations.shapes import box, content_types, face_detail, label_detail, moderation_label
from onlooker_rekognition.operations.text import WordFilter, text_detections
from onlooker_rekognition.store import CollectionStore
from onlooker_rekognition.video.frames import Frame
from onlooker_rekognition.video.people import People
from onlooker_rekognition.video.segments import Label, Named, Segment, Segments
from onlooker_rekognition.vision.moderation import ModerationLabel
from onlooker_rekognition.vision.results import FaceAnalysis, LabelAnalysis

_LABEL_CONFIDENCE = 50.0  # Amazon's default of StartLabelDetection; that of DetectLabels is 55
_MATCHES = 80  # of a face, at most: MaxFaces' default of the searches in pictures
_INDEX_DIGITS = 6  # names are ordered as text


class VideoAnalysis(Protocol):
    """One pass over a video. For one thread at a time."""

    def look(self, frame: Frame) -> list[Finding]:
        """What the next frame shows."""

    def finish(self) -> list[Finding]:
        """What is only known at the end."""


class FaceDetection:
    """The faces of each frame."""

    def __init__(self, engine: VisionEngine, request: Structure) -> None:
        self._engine = engine
        self._attributes = frozenset({request.get("FaceAttributes", "DEFAULT")})

    def look(self, frame: Frame) -> list[Finding]:
        """See VideoAnalysis."""
        faces = self._engine.detect_faces(frame.image, attributes="ALL" in self._attributes)
        return [self._finding(frame.timestamp, face) for face in faces[:MAX_FACES]]

    def finish(self) -> list[Finding]:
        """See VideoAnalysis."""
        return []

    def _finding(self, timestamp: int, face: FaceAnalysis) -> Finding:
        content = {"Timestamp": timestamp, "Face": face_detail(face, self._attributes)}
        return Finding(TIMESTAMPS, timestamp, "", content)


class FaceSearch:
    """The people of each frame, and the faces of a collection that are like theirs."""

    def __init__(self, engine: VisionEngine, store: CollectionStore, request: Structure) -> None:
        self._engine = engine
        self._store = store
        self._request = request
        self._people = People()

    def look(self, frame: Frame) -> list[Finding]:
        """See VideoAnalysis."""
        faces = self._engine.detect_faces(frame.image, attributes=False, embeddings=True)
        return [self._finding(frame.timestamp, face) for face in faces[:MAX_FACES]]

    def finish(self) -> list[Finding]:
        """See VideoAnalysis."""
        return []

    def _finding(self, timestamp: int, face: FaceAnalysis) -> Finding:
        embedding = embedding_of(face)
        index = self._people.index_of(embedding)
        matches = self._store.nearest(
            self._request["CollectionId"], embedding, count=_MATCHES, threshold=threshold_of(self._request)
        )
        content = {
            "Timestamp": timestamp,
            "Person": {"Index": index, "BoundingBox": box(face.box), "Face": face_detail(face, frozenset())},
            "FaceMatches": face_matches(matches),
        }
        return Finding(TIMESTAMPS, timestamp, f"{index:0{_INDEX_DIGITS}}", content)


class TextDetection:
    """The lines and words of each frame."""

    def __init__(self, engine: VisionEngine, request: Structure) -> None:
        self._engine = engine
        self._wanted = WordFilter.of(request.get("Filters", {}))

    def look(self, frame: Frame) -> list[Finding]:
        """See VideoAnalysis."""
        at = frame.timestamp
        found = text_detections(self._engine.detect_text(frame.image, self._wanted.looks_at), self._wanted)
        return [Finding(TIMESTAMPS, at, "", {"Timestamp": at, "TextDetection": one}) for one in found]

    def finish(self) -> list[Finding]:
        """See VideoAnalysis."""
        return []


class ContentModeration:
    """The moderation labels of each frame, and the stretches of time in which each is seen."""

    def __init__(self, engine: VisionEngine, request: Structure) -> None:
        self._engine = engine
        self._least = request.get("MinConfidence", MIN_CONFIDENCE)
        self._segments = Segments[ModerationLabel]()

    def look(self, frame: Frame) -> list[Finding]:
        """See VideoAnalysis."""
        at = frame.timestamp
        analysis = self._engine.detect_moderation(frame.image)
        labels = [label for label in analysis.labels if label.confidence >= self._least]
        kinds = content_types(analysis)
        sightings = [
            Finding(TIMESTAMPS, at, _by_name(label), {"Timestamp": at, "ContentTypes": kinds, **_moderation(label)})
            for label in labels
        ]
        return [*sightings, *_moderation_stretches(self._segments.see(at, labels))]

    def finish(self) -> list[Finding]:
        """See VideoAnalysis."""
        return _moderation_stretches(self._segments.finish())


class LabelDetection:
    """The labels of each frame, and the stretches of time in which each label is seen."""

    def __init__(self, engine: VisionEngine, request: Structure) -> None:
        self._engine = engine
        self._least = request.get("MinConfidence", _LABEL_CONFIDENCE)
        self._wanted = LabelFilter.of(request.get("Settings", {}).get("GeneralLabels", {}))
        self._segments = Segments[LabelAnalysis]()

    def look(self, frame: Frame) -> list[Finding]:
        """See VideoAnalysis."""
        labels = [
            label
            for label in self._engine.detect_labels(frame.image)
            if label.confidence >= self._least and self._wanted.wants(label)
        ]
        ended = self._segments.see(frame.timestamp, labels)
        return [*(_sighting(frame.timestamp, label) for label in labels), *_label_stretches(ended)]

    def finish(self) -> list[Finding]:
        """See VideoAnalysis."""
        return _label_stretches(self._segments.finish())


def _sighting(timestamp: int, label: LabelAnalysis) -> Finding:
    return Finding(TIMESTAMPS, timestamp, _by_name(label), {"Timestamp": timestamp, "Label": label_detail(label)})


def _moderation(label: ModerationLabel) -> Structure:
    return {"ModerationLabel": moderation_label(label)}


def _moderation_stretches(segments: Iterable[Segment[ModerationLabel]]) -> list[Finding]:
    return [_stretch(segment, {"ContentTypes": [], **_moderation(segment.label)}) for segment in segments]


def _label_stretches(segments: Iterable[Segment[LabelAnalysis]]) -> list[Finding]:
    # as Amazon: boxes belong to single frames
    return [_stretch(segment, {"Label": {**label_detail(segment.label), "Instances": []}}) for segment in segments]


def _stretch(segment: Segment[Label], shown: Structure) -> Finding:
    content = {
        "Timestamp": segment.start,
        "StartTimestampMillis": segment.start,
        "EndTimestampMillis": segment.end,
        "DurationMillis": segment.end - segment.start,
        **shown,
    }
    return Finding(SEGMENTS, segment.start, _by_name(segment.label), content)


def _by_name(label: Named) -> str:
    """What orders findings by the names of labels, and those of one name from the surest on, as Amazon does."""
    return f"{label.name}\t{100 - label.confidence:09.5f}"  # no name has a tab, and none of their letters is below it


Begin = Callable[[Structure], VideoAnalysis]
"""A new analysis by the request that started its job."""


def build_analyses(engine: VisionEngine, store: CollectionStore) -> Mapping[str, Begin]:
    """Every analysis offered, by its name in the operations."""
    return {
        "ContentModeration": lambda request: ContentModeration(engine, request),
        "FaceDetection": lambda request: FaceDetection(engine, request),
        "FaceSearch": lambda request: FaceSearch(engine, store, request),
        "LabelDetection": lambda request: LabelDetection(engine, request),
        "TextDetection": lambda request: TextDetection(engine, request),
    }
