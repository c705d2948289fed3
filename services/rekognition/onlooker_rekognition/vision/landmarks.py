"""Rekognition's thirty landmarks, as points of the mesh."""

from __future__ import annotations

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.mesh import (
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
)

LANDMARKS: dict[str, tuple[int, ...]] = {
    "eyeLeft": (LEFT_EYE_OUTER, LEFT_EYE_INNER, 159, 145),
    "eyeRight": (RIGHT_EYE_INNER, RIGHT_EYE_OUTER, 386, 374),
    "mouthLeft": (61,),
    "mouthRight": (291,),
    "nose": (4,),
    "leftEyeBrowLeft": (70,),
    "leftEyeBrowRight": (107,),
    "leftEyeBrowUp": (105,),
    "rightEyeBrowLeft": (336,),
    "rightEyeBrowRight": (300,),
    "rightEyeBrowUp": (334,),
    "leftEyeLeft": (LEFT_EYE_OUTER,),
    "leftEyeRight": (LEFT_EYE_INNER,),
    "leftEyeUp": (159,),
    "leftEyeDown": (145,),
    "rightEyeLeft": (RIGHT_EYE_INNER,),
    "rightEyeRight": (RIGHT_EYE_OUTER,),
    "rightEyeUp": (386,),
    "rightEyeDown": (374,),
    "noseLeft": (98,),
    "noseRight": (327,),
    "mouthUp": (0,),
    "mouthDown": (17,),
    "leftPupil": (LEFT_EYE_OUTER, LEFT_EYE_INNER, 159, 145),
    "rightPupil": (RIGHT_EYE_INNER, RIGHT_EYE_OUTER, 386, 374),
    "upperJawlineLeft": (127,),
    "midJawlineLeft": (58,),
    "chinBottom": (152,),
    "midJawlineRight": (288,),
    "upperJawlineRight": (356,),
}
"""Each landmark's type and the points it is the mean of. The five of Rekognition's `DEFAULT` answer come first."""


def locate(points: Array) -> dict[str, tuple[float, float]]:
    """The landmarks' places, in the unit of `points` (468, 2 or more)."""
    means = {kind: points[list(indices), :2].mean(axis=0) for kind, indices in LANDMARKS.items()}
    return {kind: (float(x), float(y)) for kind, (x, y) in means.items()}
