"""What was recognized in a picture, in Rekognition's terms and Python's names.

Boxes and points are ratios (0..1) of the upright picture (EXIF orientation applied); confidences and percentages
run 0..100, as Rekognition's do.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Feature = Literal["faces", "people", "labels", "text", "moderation", "properties"]
"""What can be looked for in a picture."""
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
    """Who a face belongs to, or might."""

    person_id: str
    name: str
    similarity: Percent = Field(description="Of the face to the nearest one that is known of the person.")
    known: bool = Field(default=True, description="False: a stranger, whom nobody has given a name yet.")
    times_seen: int | None = Field(
        default=None, description="How often they had been seen when this picture was recognized, this time included."
    )


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
    candidates: tuple[Person, ...] = Field(
        default=(), description="Whom it resembles, but not enough to be called so; most alike first."
    )
    unidentified: Literal["ignored", "unfit"] | None = Field(
        default=None,
        description="Why it has no person: whose it is is not to be told of, or it is too bad to tell. "
        "None: it resembles nobody, or was not looked at.",
    )
    denied: tuple[str, ...] = Field(default=(), description="Ids of people of whom somebody said that they are not it.")
    face_id: str | None = Field(default=None, description="What the face itself is known by in the collection.")
    told: bool = Field(default=False, description="Somebody said whose it is, which similarity does not change.")
    drawn: bool = Field(default=False, description="Somebody drew it by hand: it was not found.")

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


class Point(Part):
    """A place in the picture."""

    x: float
    y: float


class TextDetection(Part):
    """A line of text, or one of its words."""

    type: Literal["LINE", "WORD"]
    text: str
    confidence: Percent
    bounding_box: BoundingBox = Field(description="Upright, around the polygon.")
    polygon: tuple[Point, ...] = Field(
        default=(), description="The corners, clockwise from the text's own top left one; text may be turned."
    )
    id: int = Field(description="Tells detections of one picture apart.")
    line_id: int | None = Field(default=None, description="A word's: the id of its line.")


class ModerationLabel(Part):
    """Something in a picture that not everybody should see."""

    name: str
    confidence: Percent
    parent: str | None = Field(default=None, description="The name of the broader label; none at the top level.")
    level: int | None = Field(default=None, description="In the taxonomy of such labels; 1 is the top.")


class DominantColor(Part):
    """One of the colours that make up most of a picture, or of a part of it."""

    red: int = Field(description="0..255, as green and blue.")
    green: int
    blue: int
    hex_code: str = Field(description="As in #1E90FF.")
    css_color: str = Field(description="The nearest of CSS's named colours.")
    simplified_color: str = Field(description="One of a dozen plain ones: red, blue, ...")
    pixel_percent: Percent = Field(description="Its share of the pixels.")


class RegionProperties(Part):
    """How a part of the picture looks. Brightness, sharpness and contrast run 0..100."""

    dominant_colors: tuple[DominantColor, ...] = Field(default=(), description="Largest share first.")
    brightness: float | None = None
    sharpness: float | None = None


class ImageProperties(RegionProperties):
    """How the picture looks, as a whole and in its parts."""

    contrast: float | None = None
    foreground: RegionProperties | None = None
    background: RegionProperties | None = None


class Missing(Part):
    """A feature that was wanted and could not be had."""

    feature: str
    reason: str = Field(description="In words for the picture's owner.")


class Recognition(Part):
    """Everything that was recognized in one picture.

    That nothing was found is known only of a feature that is among `features`. Their names are plain strings in what
    is read, so that a later one breaks no reader; results from before there were any had faces and labels.
    """

    width: int = Field(gt=0, description="Pixels of the upright picture.")
    height: int = Field(gt=0, description="Pixels of the upright picture.")
    format: str = Field(description="The picture's format as its bytes say: JPEG, PNG, WEBP, ...")
    faces: tuple[Face, ...] = Field(default=(), description="Largest first; then those that somebody drew.")
    labels: tuple[Label, ...] = Field(default=(), description="Most confident first.")
    text: tuple[TextDetection, ...] = Field(default=(), description="In Rekognition's order: lines, then their words.")
    moderation: tuple[ModerationLabel, ...] = Field(default=(), description="Most confident first.")
    properties: ImageProperties | None = None
    features: tuple[str, ...] = Field(
        default=("faces", "labels"),
        description="What was looked for: faces, people, labels, text, moderation, properties.",
    )
    missing: tuple[Missing, ...] = Field(default=(), description="What was to be looked for and was not, and why.")
    started_at: datetime | None = Field(default=None, description="When a recognizer took the picture up, UTC.")
    recognized_at: datetime
    identified_at: datetime | None = Field(
        default=None,
        description="When it was last settled who is in it, UTC; later than `recognized_at` if that changed.",
    )
    label_model_version: str | None = None
    text_model_version: str | None = None
    moderation_model_version: str | None = None

    @property
    def as_of(self) -> datetime:
        """When this was settled as it is: of two about the same picture the later one holds."""
        return max(self.recognized_at, self.identified_at or self.recognized_at)
