"""Whether the face in a picture is fit to tell somebody by, in words for whoever sent the picture. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from onlooker_recognizer.people.collection.lookup import Bar
from onlooker_shared.recognition import BoundingBox, Face


class Reason(StrEnum):
    """Why a picture enrols nobody, for programs."""

    NOT_A_PICTURE = "not_a_picture"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    TOO_BLURRED = "too_blurred"
    TOO_DARK = "too_dark"
    TURNED_AWAY = "turned_away"
    UNCLEAR = "unclear"
    ALREADY_ENROLLED = "already_enrolled"
    NAME_TAKEN = "name_taken"
    CONSENT_MISSING = "consent_missing"


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a picture."""

    reason: Reason
    words: str
    """What is wrong, and what to do about it."""
    figures: Mapping[str, int | float] = field(default_factory=dict)
    """The same in numbers."""


NO_FACE = Objection(
    Reason.NO_FACE, "No face can be seen in this picture. Send one in which it can be seen from the front."
)
UNCLEAR = Objection(
    Reason.UNCLEAR, "The face in this picture is not clear enough to tell somebody by. Send a better picture."
)
_UNINDEXED: Mapping[str, Objection] = {
    "EXTREME_POSE": Objection(
        Reason.TURNED_AWAY, "The face is turned too far away. Send a picture in which it looks into the camera."
    ),
    "LOW_SHARPNESS": Objection(Reason.TOO_BLURRED, "The face is too blurred. Send a sharper picture."),
    "LOW_BRIGHTNESS": Objection(Reason.TOO_DARK, "The face is too dark. Send a picture with more light on it."),
    "SMALL_BOUNDING_BOX": Objection(Reason.TOO_SMALL, "The face is too small. Come closer, or send a larger picture."),
}
"""By the reasons for which IndexFaces leaves a face out that say more than that it is not good enough."""


def fit_face(faces: Sequence[Face], width: int, height: int, bar: Bar) -> Face | Objection:
    """Return the one face of a picture if it is good enough, else what speaks against it.

    Args:
        faces: all that were found.
        width: pixels of the upright picture.
        height: likewise.
        bar: what a face needs.
    """
    if not faces:
        return NO_FACE
    if len(faces) > 1:
        return Objection(
            Reason.SEVERAL_FACES,
            f"{len(faces)} faces can be seen in this picture, so it is not clear whose is meant. "
            "Cut out the one, or send another picture.",
            {"faces": len(faces)},
        )
    return _weakness(faces[0], width, height, bar) or faces[0]


def unindexed(reasons: Iterable[str]) -> Objection:
    """Return what speaks against a face that IndexFaces left out.

    Args:
        reasons: its own words, such as LOW_SHARPNESS.
    """
    return next((_UNINDEXED[reason] for reason in reasons if reason in _UNINDEXED), UNCLEAR)


def _weakness(face: Face, width: int, height: int, bar: Bar) -> Objection | None:
    across, down = _pixels(face.bounding_box, width, height)
    if min(across, down) < bar.side:
        return Objection(
            Reason.TOO_SMALL,
            f"The face has {across} x {down} pixels; each side needs {bar.side:g} at least. "
            "Come closer, or send a larger picture.",
            {"width": across, "height": down, "needed": bar.side},
        )
    if face.quality and face.quality.brightness < bar.brightness:
        return _below(
            Reason.TOO_DARK, "dark", "Send a picture with more light on it.", face.quality.brightness, bar.brightness
        )
    if face.quality and face.quality.sharpness < bar.sharpness:
        return _below(Reason.TOO_BLURRED, "blurred", "Send a sharper picture.", face.quality.sharpness, bar.sharpness)
    return None


def _below(reason: Reason, how: str, remedy: str, value: float, needed: float) -> Objection:
    return Objection(
        reason,
        f"The face is too {how}: {value:.0f} of 100, where {needed:g} are needed. {remedy}",
        {"value": round(value, 1), "needed": needed},
    )


def _pixels(box: BoundingBox, width: int, height: int) -> tuple[int, int]:
    return int(box.width * width), int(box.height * height)
