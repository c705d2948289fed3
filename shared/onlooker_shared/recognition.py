"""What was recognized in a picture, in Rekognition's terms and Python's names.

Boxes and points are ratios (0..1) of the upright picture (EXIF orientation applied); confidences and percentages
run 0..100, as Rekognition's do.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

EmotionType = Literal["HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "UNKNOWN", "FEAR"]
Percent = float


class Part(BaseModel):
    """A frozen piece of a recognition; unknown fields of newer versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BoundingBox(Part):
    """A rectangle in ratios of the picture's width and height; it may stick out of the picture a little."""

    left: float
    top: float
    width: float
    height: float


class Emotion(Part):
    """How sure Rekognition is that a face shows an emotion: not what the person feels."""

    type: EmotionType
    confidence: Percent


class Verdict(Part):
    """A yes or no with its confidence; a confidence of 50 means undecided."""

    value: bool
    confidence: Percent


class Pose(Part):
    """Rotation of the head in degrees."""

    roll: float
    yaw: float
    pitch: float


class Quality(Part):
    """Of the face's part of the picture, 0..100."""

    brightness: float
    sharpness: float


class Person(Part):
    """Who a face belongs to, once somebody is known to be behind it."""

    person_id: str
    name: str
    similarity: Percent


class Face(Part):
    """One face."""

    bounding_box: BoundingBox
    confidence: Percent
    age_low: int | None = None
    age_high: int | None = None
    gender: Literal["Male", "Female"] | None = None
    gender_confidence: Percent | None = None
    emotions: tuple[Emotion, ...] = Field(default=(), description="Most confident first.")
    smile: Verdict | None = None
    eyes_open: Verdict | None = None
    mouth_open: Verdict | None = None
    eyeglasses: Verdict | None = None
    sunglasses: Verdict | None = None
    beard: Verdict | None = None
    mustache: Verdict | None = None
    pose: Pose | None = None
    quality: Quality | None = None
    person: Person | None = None

    @property
    def emotion(self) -> Emotion | None:
        """The most confident emotion, if any."""
        return self.emotions[0] if self.emotions else None


class Instance(Part):
    """One place in the picture where a label's object is."""

    bounding_box: BoundingBox
    confidence: Percent


class Label(Part):
    """A thing, scene or concept."""

    name: str
    confidence: Percent
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()


class Recognition(Part):
    """Everything that was recognized in one picture."""

    width: int = Field(gt=0, description="Pixels of the upright picture.")
    height: int = Field(gt=0, description="Pixels of the upright picture.")
    format: str = Field(description="The picture's format as its bytes say: JPEG, PNG, WEBP, ...")
    faces: tuple[Face, ...] = Field(default=(), description="Largest first.")
    labels: tuple[Label, ...] = Field(default=(), description="Most confident first.")
    recognized_at: datetime
    label_model_version: str | None = None
