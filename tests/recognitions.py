"""Makes pictures' references, recognitions and messages as the recognizer would, for tests of what comes after it."""

import hashlib
from datetime import UTC, datetime, timedelta

from onlooker_shared.images import ImageRef
from onlooker_shared.messages import (
    ImageAnnotated,
    ImageFailed,
    ImageIdentified,
    ImageRecognized,
    ObjectRef,
    Rendition,
)
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    Emotion,
    EmotionType,
    Face,
    ImageProperties,
    Label,
    ModerationLabel,
    Person,
    Recognition,
    TextDetection,
)

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)

Found = Face | Label | TextDetection | ModerationLabel | DominantColor
"""What may be in a picture."""


def an_image(
    key: str = "cat.jpg",
    *,
    bucket: str = "images",
    content: str = "1",
    sequencer: str = "",
    uploaded_at: datetime = NOON,
) -> ImageRef:
    """The reference of an object whose ETag stands for `content`."""
    etag = hashlib.md5(content.encode()).hexdigest()
    return ImageRef.of(bucket=bucket, key=key, etag=etag, size=1000, uploaded_at=uploaded_at, sequencer=sequencer)


def a_face(
    emotion: EmotionType | None = "HAPPY",
    *,
    age: tuple[int, int] = (20, 30),
    name: str | None = None,
    person_id: str = "p1",
) -> Face:
    """A face that shows an emotion, of somebody if a name is given."""
    return Face(
        bounding_box=BOX,
        confidence=99.0,
        age_low=age[0],
        age_high=age[1],
        gender="Female",
        gender_confidence=90.0,
        emotions=(Emotion(type=emotion, confidence=90.0),) if emotion else (),
        person=Person(person_id=person_id, name=name, similarity=97.0) if name else None,
    )


def a_label(name: str, *parents: str, confidence: float = 90.0, aliases: tuple[str, ...] = ()) -> Label:
    """A label with its parents."""
    return Label(name=name, confidence=confidence, parents=parents, aliases=aliases, categories=("Everything",))


def a_line(text: str) -> TextDetection:
    """A line of text."""
    return TextDetection(type="LINE", text=text, confidence=99.0, bounding_box=BOX, id=0)


def a_warning(name: str, parent: str | None = None) -> ModerationLabel:
    """Something that not everybody should see."""
    return ModerationLabel(name=name, confidence=90.0, parent=parent)


def a_color(name: str, percent: float = 50.0) -> DominantColor:
    """A colour that makes up a part of the picture."""
    return DominantColor(
        red=0, green=0, blue=0, hex_code="#000000", css_color=name, simplified_color=name, pixel_percent=percent
    )


def a_recognition(*found: Found, recognized_at: datetime = NOON, identified_at: datetime | None = None) -> Recognition:
    """What was found in a picture of 640 x 480 pixels."""
    colors = tuple(x for x in found if isinstance(x, DominantColor))
    return Recognition(
        width=640,
        height=480,
        format="JPEG",
        faces=tuple(x for x in found if isinstance(x, Face)),
        labels=tuple(x for x in found if isinstance(x, Label)),
        text=tuple(x for x in found if isinstance(x, TextDetection)),
        moderation=tuple(x for x in found if isinstance(x, ModerationLabel)),
        properties=ImageProperties(dominant_colors=colors) if colors else None,
        recognized_at=recognized_at,
        identified_at=identified_at,
    )


def recognized(image: ImageRef, *found: Face | Label) -> ImageRecognized:
    """The message about a recognized picture."""
    result = ObjectRef(bucket="results", key=f"results/{image.image_id}.json")
    return ImageRecognized(image=image, result=result, recognition=a_recognition(*found))


def identified(image: ImageRef, *found: Face | Label, at: datetime = NOON + timedelta(hours=1)) -> ImageIdentified:
    """The message about a picture of which it was settled anew who is in it."""
    result = ObjectRef(bucket="results", key=f"results/{image.image_id}.json")
    return ImageIdentified(image=image, result=result, recognition=a_recognition(*found, identified_at=at))


def failed(image: ImageRef, reason: str = "This is no picture.") -> ImageFailed:
    """The message about a picture that cannot be recognized."""
    return ImageFailed(image=image, reason=reason)


def annotated(image: ImageRef, *, bucket: str = "annotated") -> ImageAnnotated:
    """The message about an annotated picture."""
    return ImageAnnotated(
        image=image,
        annotated=Rendition(
            bucket=bucket, key=f"annotated/{image.image_id}.jpg", width=640, height=480, content_type="image/jpeg"
        ),
        thumbnail=Rendition(
            bucket=bucket, key=f"thumbnails/{image.image_id}.jpg", width=300, height=225, content_type="image/jpeg"
        ),
    )
