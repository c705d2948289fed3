"""What Rekognition says of a collection's faces, in Onlooker's words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_recognizer.people.collection.matching import Match
from onlooker_shared.recognition import BoundingBox, Quality


@dataclass(frozen=True, slots=True)
class Found:
    """Whom the largest face of a picture resembles."""

    box: BoundingBox
    """Of that face, in ratios of the picture that was searched by."""
    faces: tuple[Match, ...] = ()
    """By FaceId, most alike first."""
    people: tuple[Match, ...] = ()
    """By person, of those who are users."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search tells of a picture."""

    details: tuple[dict[str, Any], ...]
    """Of each face as Amazon's FaceDetail; that which was searched by first."""
    found: Found | None
    """By that; None: there is none."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A face that was added."""

    face_id: str
    box: BoundingBox
    """In ratios of the picture that it was added from."""
    confidence: float
    quality: Quality
    model: str
    """The collection's FaceModelVersion."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing was added."""

    reasons: tuple[str, ...]
    """Amazon's words, such as LOW_SHARPNESS; none where there is no face at all."""


def by_users(answer: Mapping[str, Any]) -> Seen:
    """Return what SearchUsersByImage says."""
    others = [each["FaceDetails"] for each in answer.get("UnsearchedFaces", ())]
    if not (searched := answer.get("SearchedFace")):
        return Seen(tuple(others), None)
    matches = (Match(each["User"]["UserId"], each["Similarity"]) for each in answer["UserMatches"])
    largest = searched["FaceDetail"]
    return Seen((largest, *others), Found(_box(largest["BoundingBox"]), people=_ranked(matches)))


def by_faces(answer: Mapping[str, Any], people: tuple[Match, ...]) -> Found:
    """Return what SearchFacesByImage says, with what is known of users."""
    return Found(_box(answer["SearchedFaceBoundingBox"]), faces(answer), people)


def faces(answer: Mapping[str, Any]) -> tuple[Match, ...]:
    """Return which faces an answer of SearchFaces, or of SearchFacesByImage, names."""
    return _ranked(Match(each["Face"]["FaceId"], each["Similarity"]) for each in answer["FaceMatches"])


def indexed(answer: Mapping[str, Any]) -> Indexed | Unfit:
    """Return what IndexFaces says of one face."""
    if not answer["FaceRecords"]:
        unfit = (reason for face in answer.get("UnindexedFaces", ()) for reason in face.get("Reasons", ()))
        return Unfit(tuple(dict.fromkeys(unfit)))
    face, detail = answer["FaceRecords"][0]["Face"], answer["FaceRecords"][0]["FaceDetail"]
    return Indexed(
        face_id=face["FaceId"],
        box=_box(face["BoundingBox"]),
        confidence=face["Confidence"],
        quality=Quality(brightness=detail["Quality"]["Brightness"], sharpness=detail["Quality"]["Sharpness"]),
        model=answer["FaceModelVersion"],
    )


def _box(box: Mapping[str, float]) -> BoundingBox:
    return BoundingBox(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"])


def _ranked(matches: Iterable[Match]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=lambda match: -match.similarity))
