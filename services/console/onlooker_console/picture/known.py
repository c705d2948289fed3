"""What the services know of one picture, put together: each may be away, not done yet, or closed to this key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from onlooker_console.settled import settled
from onlooker_shared.recognition import Recognition

State = Literal["recognized", "failed"]
UNSHOWABLE = frozenset({"TIFF", "HEIC", "HEIF", "MPO"})
"""Formats that browsers do not all show."""

SOON = timedelta(minutes=10)
"""After a recognition in which its pictures are drawn and the index takes it in; later, nobody waits at the page."""
ROUGHLY = timedelta(seconds=1)
"""S3 says only to the second when a picture was stored."""

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the pictures that were made, or the original: where it is and how many pixels it has."""

    src: str
    width: int
    height: int
    drawn: bool = False
    """Whether what was recognized is drawn into it already."""


@dataclass(frozen=True, slots=True)
class Known:
    """One picture.

    Attributes:
        recognition: what was recognized; of a picture that failed None.
        whole: whether that is everything, or only what the index keeps of it.
        reason: why it failed.
        annotated_at: when its pictures were made, if they are there.
        indexed_at: when the index took it in, if it has.
        indexed: whether the index answers with it.
    """

    image_id: str
    bucket: str
    key: str
    uploaded_at: datetime
    state: State
    recognition: Recognition | None
    whole: bool
    reason: str
    failed_at: datetime | None
    etag: str
    size: int | None
    version_id: str
    renditions: Mapping[str, Shown]
    annotated_at: datetime | None
    indexed: bool
    indexed_at: datetime | None

    @property
    def name(self) -> str:
        """The last part of its key."""
        return self.key.rstrip("/").rpartition("/")[2] or self.key

    @property
    def folder(self) -> str:
        """What comes before, with the slash; empty if nothing does."""
        return self.key[: len(self.key) - len(self.name)] if self.key.endswith(self.name) else ""

    @property
    def version(self) -> str:
        """Another text whenever the page would show something else."""
        settled = self.recognition.as_of if self.recognition else self.failed_at
        stamps = (settled, self.annotated_at, self.indexed_at if self.indexed else None)
        return f"{self.state} " + " ".join("-" if each is None else each.isoformat() for each in stamps)

    @property
    def screen(self) -> Shown | None:
        """The large picture without drawing."""
        return self.renditions.get("screen")

    @property
    def annotated(self) -> Shown | None:
        """The large picture with what was recognized drawn into it."""
        return self.renditions.get("annotated")

    @property
    def shown(self) -> Shown | None:
        """What the page shows large: without drawing if there is such a one; None if there is nothing to show yet."""
        return self.screen or self.original or self.annotated

    @property
    def original(self) -> Shown | None:
        """The original, where its size is known and browsers show its format."""
        found = self.recognition
        if found is None or not self.whole or found.format in UNSHOWABLE:
            return None
        return Shown(f"/console/pictures/{self.image_id}/original?v={self.etag or 1}", found.width, found.height)

    def pending(self, now: datetime) -> bool:
        """Whether more is to come by itself, soon: the page looks again."""
        found = self.recognition
        if found is None or now - found.as_of > SOON:
            return False
        drawn = self.annotated_at is not None and self.annotated_at + ROUGHLY > found.as_of
        taken_in = self.indexed_at is not None and self.indexed_at >= found.as_of
        return not (drawn and taken_in)


def known(stored: Answer | None, document: Answer | None, annotation: Answer | None) -> Known | None:
    """Return what is known of a picture; None if nothing is.

    Args:
        stored: the recognizer's answer, `GET /recognitions/{id}`; None if it has or gives none.
        document: the tagger's, `GET /tags/images/{id}`; likewise.
        annotation: the annotator's, `GET /annotations/{id}`; likewise.
    """
    image = stored["image"] if stored else document
    if image is None:
        return None
    recognition = _recognition(stored, document)
    annotated_at = (annotation or {}).get("annotated_at")
    return Known(
        image_id=image["image_id"],
        bucket=image["bucket"],
        key=image["key"],
        uploaded_at=datetime.fromisoformat(image["uploaded_at"]),
        state="recognized" if recognition else "failed",
        recognition=recognition,
        whole=stored is not None,
        reason=(stored or {}).get("reason") or (document or {}).get("reason") or "",
        failed_at=_moment((stored or {}).get("failed_at")),
        etag=image.get("etag", ""),
        size=image.get("size"),
        version_id=image.get("version_id") or "",
        renditions=_renditions(image["image_id"], annotation or document or {}, annotated_at),
        annotated_at=_moment(annotated_at),
        indexed=document is not None,
        indexed_at=_moment((document or {}).get("indexed_at")),
    )


def _recognition(stored: Answer | None, document: Answer | None) -> Recognition | None:
    """Return what was recognized, the newer of what two services say."""
    if stored is not None:
        return Recognition.model_validate(stored["recognition"]) if stored["state"] == "recognized" else None
    if document is None or document["state"] == "failed":
        return None
    faces = [
        {
            **face,
            "confidence": 100,
            "emotions": [{"type": face["emotion"], "confidence": face["emotion_confidence"] or 0}]
            if face["emotion"]
            else [],
            "person": _person(face),
        }
        for face in document["faces"]
    ]
    return Recognition.model_validate(
        {
            "width": document["width"] or 1,
            "height": document["height"] or 1,
            "format": "?",
            "faces": faces,
            "labels": document["labels"],
            "moderation": document["moderation"],
            "features": document["features"],
            "recognized_at": document["recognized_at"],
            "identified_at": document.get("identified_at"),
        }
    )


def _person(face: Answer) -> Answer | None:
    """Return what the index keeps of whose a face is."""
    if not face["person"]:
        return None
    return {"person_id": face.get("person_id") or "", "name": face["person"], "similarity": 0}


def _renditions(image_id: str, sized: Answer, annotated_at: str | None) -> dict[str, Shown]:
    version = annotated_at or settled(sized)
    return {
        kind: Shown(
            f"/console/pictures/{image_id}/{kind}?v={version.replace('+', '%2B')}",
            sized[kind]["width"],
            sized[kind]["height"],
            kind in {"annotated", "thumbnail"},
        )
        for kind in ("screen", "annotated", "preview", "thumbnail")
        if sized.get(kind)
    }


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
