"""The document that a picture has in the index `image_insights`: pure functions from messages to documents.

The fields `doc_id, image_id, image_url, tags, tag_id, created_at` keep the names and formats of the index that earlier
dashboards read; the rest stands beside them. `doc_id` covers bucket, key and version, so that two folders may hold the
same file name.
"""

import hashlib
from collections import defaultdict
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

from pydantic import ConfigDict, Field

from onlooker_shared.annotations import Annotation
from onlooker_shared.images import ImageRef, moment, order
from onlooker_shared.messages import Rendition
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    EmotionType,
    Face,
    ImageProperties,
    Part,
    Percent,
    Recognition,
)

State = Literal["recognized", "failed"]

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
"""Of `created_at`, always UTC."""


class FaceSummary(Part):
    """What a search may want to know of one face."""

    bounding_box: BoundingBox
    emotion: EmotionType | None = Field(default=None, description="The most confident one.")
    emotion_confidence: Percent | None = None
    age_low: int | None = None
    age_high: int | None = None
    gender: Literal["Male", "Female"] | None = None
    person: str | None = Field(default=None, description="The name of whom the face belongs to, if known.")
    person_id: str | None = Field(default=None, description="Theirs, which stays when the name changes.")


class LabelSummary(Part):
    """A label without its places in the picture."""

    name: str
    confidence: Percent
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class ModerationSummary(Part):
    """Something in a picture that not everybody should see."""

    name: str
    confidence: Percent
    parent: str | None = Field(default=None, description="The name of the broader label.")


class ColorSummary(Part):
    """A plain colour and how much of the picture has it; shades of one are summed."""

    name: str = Field(description="One of a dozen: red, blue, ...")
    hex_code: str = Field(description="Of the shade with the largest share, as in #1E90FF.")
    pixel_percent: Percent


class Document(Part):
    """Everything the index knows of one picture."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)  # errors are logged, faces not

    doc_id: str
    image_id: str
    image_url: str
    tags: tuple[str, ...] = Field(description="Names of the labels, sorted.")
    tag_id: str = Field(description="The same for pictures with the same tags: 8 hexadecimal digits of MD5.")
    created_at: str = Field(description="When it was recognized (a failed picture: uploaded), UTC, to the second.")

    bucket: str
    key: str
    sequencer: str
    uploaded_at: datetime
    state: State
    reason: str | None = Field(default=None, description="Why the picture failed.")
    recognized_at: datetime | None = None
    identified_at: datetime | None = Field(default=None, description="When it was last settled who is in it, UTC.")
    width: int | None = Field(default=None, description="Pixels of the upright picture.")
    height: int | None = Field(default=None, description="Pixels of the upright picture.")
    face_count: int = 0
    faces: tuple[FaceSummary, ...] = Field(default=(), description="Largest first.")
    persons: tuple[str, ...] = Field(default=(), description="Names of those known, sorted, each once.")
    person_ids: tuple[str, ...] = Field(default=(), description="Their ids, sorted, each once.")
    labels: tuple[LabelSummary, ...] = Field(default=(), description="Most confident first.")
    texts: tuple[str, ...] = Field(default=(), description="Lines of text in the picture.")
    moderation: tuple[ModerationSummary, ...] = Field(default=(), description="Most confident first.")
    colors: tuple[ColorSummary, ...] = Field(default=(), description="Largest share first.")
    features: tuple[str, ...] = Field(default=(), description="What was looked for; of others nothing is known.")
    indexed_at: datetime | None = Field(default=None, description="When the index took it in, UTC.")
    annotated: Rendition | None = None
    thumbnail: Rendition | None = None
    preview: Rendition | None = Field(default=None, description="Small; nothing is drawn into it.")
    screen: Rendition | None = Field(default=None, description="Large; nothing is drawn into it.")

    @property
    def as_of(self) -> datetime | None:
        """When what is recognized in it was settled as it is (`Recognition.as_of`); None of a failed picture."""
        return max(filter(None, (self.recognized_at, self.identified_at)), default=None)


class Deletion(Part):
    """That pictures are no more: all that was uploaded under bucket and key before, or only some versions of it."""

    bucket: str
    key: str
    sequencer: str = ""
    deleted_at: datetime
    image_ids: tuple[str, ...] = Field(default=(), description="Only these versions; empty: all there were.")


def recognized(image: ImageRef, recognition: Recognition) -> Document:
    """Return the document of a recognized picture."""
    tags = tuple(sorted({label.name for label in recognition.labels}))
    return _document(image, "recognized", tags, recognition.recognized_at).model_copy(
        update={
            "recognized_at": recognition.recognized_at,
            "identified_at": recognition.identified_at,
            "width": recognition.width,
            "height": recognition.height,
            "face_count": len(recognition.faces),
            "faces": tuple(_face(face) for face in recognition.faces),
            "persons": tuple(sorted({face.person.name for face in recognition.faces if face.person})),
            "person_ids": tuple(sorted({face.person.person_id for face in recognition.faces if face.person})),
            "labels": tuple(
                LabelSummary(
                    name=x.name,
                    confidence=x.confidence,
                    parents=x.parents,
                    aliases=x.aliases,
                    categories=x.categories,
                )
                for x in recognition.labels
            ),
            "texts": tuple(found.text for found in recognition.text if found.type == "LINE"),
            "moderation": tuple(
                ModerationSummary(name=x.name, confidence=x.confidence, parent=x.parent) for x in recognition.moderation
            ),
            "colors": _colors(recognition.properties),
            "features": recognition.features,
        }
    )


def failed(image: ImageRef, reason: str) -> Document:
    """Return the document of a picture that can never be recognized."""
    return _document(image, "failed", (), image.uploaded_at).model_copy(update={"reason": reason})


def with_annotation(document: Document, annotation: Annotation | None) -> Document:
    """Return a document that names the pictures made of its own, if there are any."""
    if annotation is None:
        return document
    return document.model_copy(update={name: getattr(annotation, name) for name in Annotation.model_fields})


def supersedes(new: Document, old: Document) -> bool:
    """Whether a document takes the place of another one about the same bucket and key.

    S3's sequencers say which of two uploads was the later. A picture that a sweep found has none, and LocalStack's are
    all the same: then the time of the upload decides between different pictures. Of two documents about the same upload
    that which was settled later is taken, be it what was recognized or who is in it; of those settled at one moment the
    later to arrive, but a failure never hides a result.
    """
    later = _later(new, old)
    if later:
        return later > 0
    if new.as_of and old.as_of:
        return new.as_of >= old.as_of
    return new.state == "recognized" or old.state == "failed"


def outlives(document: Document, deletion: Deletion) -> bool:
    """Whether a document about the bucket and key of a deletion was uploaded after it, or is not meant by it."""
    if deletion.image_ids:
        return document.image_id not in deletion.image_ids
    if document.sequencer and deletion.sequencer:
        return moment(document.sequencer, document.uploaded_at) > moment(deletion.sequencer, deletion.deleted_at)
    return document.uploaded_at > deletion.deleted_at


def _later(new: Document, old: Document) -> int:
    if new.sequencer and old.sequencer and (between := order(new.sequencer) - order(old.sequencer)):
        return between
    if new.image_id == old.image_id:
        return 0
    return (new.uploaded_at > old.uploaded_at) - (new.uploaded_at < old.uploaded_at)


def _document(image: ImageRef, state: State, tags: tuple[str, ...], created_at: datetime) -> Document:
    return Document(
        doc_id=image.image_id,
        image_id=image.image_id,
        image_url=f"https://{image.bucket}.s3.amazonaws.com/{quote(image.key)}",
        tags=tags,
        tag_id=hashlib.md5(", ".join(tags).encode(), usedforsecurity=False).hexdigest()[:8],
        created_at=created_at.astimezone(UTC).strftime(TIME_FORMAT),
        bucket=image.bucket,
        key=image.key,
        sequencer=image.sequencer,
        uploaded_at=image.uploaded_at,
        state=state,
    )


def _colors(properties: ImageProperties | None) -> tuple[ColorSummary, ...]:
    """Return the plain colours of a picture, the shades of each summed."""
    shades: dict[str, list[DominantColor]] = defaultdict(list)
    for color in properties.dominant_colors if properties else ():
        shades[color.simplified_color].append(color)
    summed = (
        ColorSummary(
            name=name,
            hex_code=max(group, key=lambda shade: shade.pixel_percent).hex_code,
            pixel_percent=round(sum(shade.pixel_percent for shade in group), 2),
        )
        for name, group in shades.items()
    )
    return tuple(sorted(summed, key=lambda color: -color.pixel_percent))


def _face(face: Face) -> FaceSummary:
    return FaceSummary(
        bounding_box=face.bounding_box,
        emotion=face.emotion.type if face.emotion else None,
        emotion_confidence=face.emotion.confidence if face.emotion else None,
        age_low=face.age_low,
        age_high=face.age_high,
        gender=face.gender,
        person=face.person.name if face.person else None,
        person_id=face.person.person_id if face.person else None,
    )
