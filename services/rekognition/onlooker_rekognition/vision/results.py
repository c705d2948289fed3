"""What the engine says about a picture: plain values, the contract between the models and the protocol.

Units, everywhere here: coordinates are ratios (0..1) of the upright image's width and height, and may
lie a little outside of it for a face cut off by the border; confidences and percentages are 0..100; angles
are degrees. Names (landmark types, emotions, labels) are Amazon Rekognition's own, so that the protocol only
has to copy them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Embedding = npt.NDArray[np.float32]
"""Shape (128,), compared by L2 distance (`similarity`); its length is not normalised."""

EmotionType = Literal["HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "FEAR"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, as ratios of the image."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Landmark:
    """A point of a face; `type` is Rekognition's LandmarkType. Left and right are the viewer's."""

    type: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is turned, in degrees, with Rekognition's signs (see `pose`)."""

    roll: float
    yaw: float
    pitch: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well lit and how sharp the face is, 0..100."""

    brightness: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class EyeDirection:
    """Where the eyes look from the head, in degrees, and how sure (50..100) that is. Signs as in `Pose`."""

    yaw: float
    pitch: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A yes or no with its confidence (50..100). `UNDECIDED` stands for an attribute no model decides."""

    value: bool
    confidence: float


UNDECIDED = Verdict(value=False, confidence=50.0)


@dataclass(frozen=True, slots=True)
class Gender:
    """The apparent gender with its confidence (50..100)."""

    value: Literal["Male", "Female"]
    confidence: float


@dataclass(frozen=True, slots=True)
class Emotion:
    """One apparent emotion and its share (0..100) of all eight."""

    type: EmotionType
    confidence: float


@dataclass(frozen=True, slots=True)
class FaceAttributes:
    """What is only computed when attributes were asked for (Rekognition's `ALL`).

    `emotions` holds all eight types, most likely first, and sums to 100.
    """

    age_low: int
    age_high: int
    gender: Gender
    emotions: tuple[Emotion, ...]
    smile: Verdict
    eyes_open: Verdict
    eye_direction: EyeDirection
    mouth_open: Verdict
    eyeglasses: Verdict
    sunglasses: Verdict
    beard: Verdict
    mustache: Verdict
    face_occluded: Verdict


@dataclass(frozen=True, slots=True)
class FaceAnalysis:
    """One face: always where it is and how it is turned; the rest when it was asked for.

    `landmarks` are all 30 of Rekognition's types, the five of its `DEFAULT` answer first
    (eyeLeft, eyeRight, mouthLeft, mouthRight, nose).
    """

    box: Box
    confidence: float
    landmarks: tuple[Landmark, ...]
    pose: Pose
    quality: Quality
    attributes: FaceAttributes | None = None
    embedding: Embedding | None = None
    chip: npt.NDArray[np.uint8] | None = None
    """What was embedded: the face cut out and aligned, (size, size, 3)."""


@dataclass(frozen=True, slots=True)
class LabelInstance:
    """One place where a label was seen."""

    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class LabelAnalysis:
    """A label of the picture. Its parents are labels of it too, with a confidence at least as high."""

    name: str
    confidence: float
    instances: tuple[LabelInstance, ...] = ()
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
