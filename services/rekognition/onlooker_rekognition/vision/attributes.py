"""A face's attributes, from the networks that decide them; see docs/accuracy.md for those that nothing decides."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision import emotions, expressions
from onlooker_rekognition.vision.certainty import verdict
from onlooker_rekognition.vision.eyes import Eyes, EyesReading
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import Mesh
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import crop
from onlooker_rekognition.vision.results import UNDECIDED, FaceAttributes, Gender

_AGE_AND_GENDER_MARGIN, _EMOTION_MARGIN = 1.3, 1.2  # the crop's side over the face's


class AttributeReader:
    """Runs each network once for all faces of a picture."""

    def __init__(self, *, faceres: Network, emotion: Network, expression: Network, eyes: Eyes) -> None:
        self._faceres = faceres
        self._emotion = emotion
        self._expression = expression
        self._eyes = eyes

    def read(self, pixels: Pixels, meshes: list[Mesh]) -> list[FaceAttributes]:
        """The attributes of each face; at least one."""
        people = _run(self._faceres, pixels, meshes, _AGE_AND_GENDER_MARGIN)
        emotion = _run(self._emotion, pixels, meshes, _EMOTION_MARGIN)["probabilities"]
        expression = _run(self._expression, pixels, meshes, _EMOTION_MARGIN)["probabilities"]
        eyes = self._eyes.read(pixels, meshes)
        return [
            _attributes(mesh.points, *networks)
            for mesh, *networks in zip(
                meshes, people["age"], people["male"][:, 0], emotion, expression, eyes, strict=True
            )
        ]


def _attributes(
    points: Floats, age: Floats, male: float, emotion: Floats, expression: Floats, eyes: EyesReading
) -> FaceAttributes:
    smiling = expressions.smiling(points)
    low, high = _age_range(age)
    is_male = verdict(male)
    return FaceAttributes(
        age_low=low,
        age_high=high,
        gender=Gender("Male" if is_male.value else "Female", is_male.confidence),
        emotions=emotions.combine(emotion, expression, smiling),
        smile=verdict(emotions.smile(emotion, expression, smiling)),
        eyes_open=verdict(eyes.open),
        eye_direction=eyes.direction,
        mouth_open=verdict(expressions.mouth_open(points)),
        eyeglasses=UNDECIDED,
        sunglasses=UNDECIDED,
        beard=UNDECIDED,
        mustache=UNDECIDED,
        face_occluded=UNDECIDED,
    )


def _age_range(probabilities: Floats) -> tuple[int, int]:
    """One standard deviation to either side of the expected age; the first probability is that of age 1."""
    ages = np.arange(1, len(probabilities) + 1)
    mean = float(probabilities @ ages)
    deviation = float(np.sqrt(probabilities @ (ages - mean) ** 2))
    return max(0, round(mean - deviation)), round(mean + deviation)


def _run(network: Network, pixels: Pixels, meshes: list[Mesh], margin: float) -> dict[str, Floats]:
    size = network.size
    crops = [crop(pixels, mesh.crop_transform(margin, size), size) for mesh in meshes]
    return network.run(np.stack(crops))
