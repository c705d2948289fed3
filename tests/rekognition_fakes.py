"""A Rekognition server whose engine sees what the picture says: a scene, written as JSON instead of pixels.

Run as a program it is the real server with that engine: ``python tests/rekognition_fakes.py --port 0 --data FOLDER``.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic_settings import CliApp

from onlooker_rekognition.__main__ import run
from onlooker_rekognition.analyst import VisionEngine
from onlooker_rekognition.logs import configure_logging
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.settings import Settings
from onlooker_rekognition.vision import properties
from onlooker_rekognition.vision.errors import ImageTooLargeError, UnreadableImageError
from onlooker_rekognition.vision.image import Image, Pixels
from onlooker_rekognition.vision.moderation import ModerationAnalysis, moderate
from onlooker_rekognition.vision.properties import ImageProperties
from onlooker_rekognition.vision.results import (
    UNDECIDED,
    Box,
    Embedding,
    Emotion,
    EyeDirection,
    FaceAnalysis,
    FaceAttributes,
    Gender,
    LabelAnalysis,
    LabelInstance,
    Landmark,
    Pose,
    Quality,
    Verdict,
)
from onlooker_rekognition.vision.text.reader import Polygon, TextLine, TextWord, anywhere

RED_PERSON, GREEN_PERSON = 1, 2
SKY = [{"name": "Sky", "confidence": 90.0, "instances": 1}]
SIGN = [[["WAY", 99.0], ["OUT", 98.0]]]
"""What a frame of a video shows that is red, green (with a sign) or blue; a mixture several of them, black nothing."""

SIDE = 200  # pixels of the pictures the engine pretends to decode
CHIP_SHADE = 8  # by so much a person's chip is lighter than that of the person before; the first thirty have one
LANDMARKS = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose", "chinBottom", "leftPupil")


def scene(
    *people: int | dict[str, object],
    labels: list[dict[str, object]] | None = None,
    gate: Path | None = None,
    **extra: object,
) -> bytes:
    """A picture of these people. A `gate` is a named pipe: looking at the picture ends when it is opened."""
    faces = [
        {"left": 0.005 * number, **({"person": person} if isinstance(person, int) else person)}
        for number, person in enumerate(people)
    ]
    content = {"faces": faces, "labels": labels or [], "gate": str(gate) if gate else None, **extra}
    return json.dumps(content).encode()


class FakeEngine(VisionEngine):
    """Finds the people and labels of a scene. Counts what it was asked for."""

    def __init__(self) -> None:
        self.decoded = 0
        self.looking = threading.Semaphore(0)

    def decode(self, data: bytes, *, enough: int = 0) -> Image:
        self.decoded += 1
        if data == b"too large":
            raise ImageTooLargeError("The image has 20000 x 20000 pixels; 100000000 are the most that are accepted.")
        if not data.startswith(b"{"):
            raise UnreadableImageError("The image is neither a JPEG nor a PNG.")
        pixels = np.zeros(SIDE * SIDE * 3, np.uint8)
        kept = np.frombuffer(data.rstrip(), np.uint8)  # pictures may be padded with spaces to any size
        pixels[: len(kept)] = kept
        return Image(pixels.reshape(SIDE, SIDE, 3))

    def detect_faces(self, image: Image, *, attributes: bool, embeddings: bool = False) -> tuple[FaceAnalysis, ...]:
        content = self._look(image)
        if content.get("broken"):
            raise RuntimeError("the engine broke")
        faces = [_face(face, attributes, embeddings) for face in content.get("faces", ())]
        return tuple(sorted(faces, key=lambda face: face.box.width * face.box.height, reverse=True))

    def embed_chips(self, chips: Sequence[Pixels]) -> list[Embedding]:
        return [embedding_of(round(chip.mean() / CHIP_SHADE)) for chip in chips]

    def detect_labels(self, image: Image) -> tuple[LabelAnalysis, ...]:
        return tuple(_label(label) for label in self._look(image).get("labels", ()))

    def detect_moderation(self, image: Image) -> ModerationAnalysis:
        shown = self._look(image).get("moderation", {})
        return moderate({name: shown.get(name, 0.0) for name in ("Drawing", "Hentai", "Neutral", "Porn", "Sexy")})

    def measure_properties(self, image: Image, boxes: Sequence[Box] = ()) -> ImageProperties:
        return properties.measure(image, boxes)  # real: it needs no model

    def detect_text(self, image: Image, wanted: Callable[[Polygon], bool] = anywhere) -> tuple[TextLine, ...]:
        lines = (_text_line(line, 0.1 * row) for row, line in enumerate(self._look(image).get("text", ())))
        return tuple(line for line in lines if wanted(line.polygon))

    def _look(self, image: Image) -> dict:
        content = _content(image)
        self.looking.release()
        if content.get("gate"):
            Path(content["gate"]).read_bytes()
        return content


def _content(image: Image) -> dict:
    """The scene of a picture; of a video's frame, the one its colour stands for."""
    written = image.pixels.tobytes().rstrip(b"\0")
    if written.startswith(b"{"):
        return json.loads(written)
    red, green, blue = (int(value > 128) for value in image.pixels.mean(axis=(0, 1)))
    people = [*[RED_PERSON] * red, *[GREEN_PERSON] * green]
    drawn = {"Drawing": 0.9, "Sexy": 0.6} if blue else {}
    return json.loads(scene(*people, labels=SKY * blue, text=SIGN * green, moderation=drawn))


def embedding_of(person: int, variant: int = 0) -> Embedding:
    """People are far apart, variants of one person near one another."""
    base = np.random.default_rng(person).normal(size=128)
    noise = np.random.default_rng([person, variant]).normal(size=128) * 0.01 * bool(variant)
    return (base / np.linalg.norm(base) + noise).astype(np.float32)


def _face(face: dict, attributes: bool, embeddings: bool) -> FaceAnalysis:
    size = face.get("size", 0.3)
    left = face["left"]
    return FaceAnalysis(
        box=Box(left, 0.1, size, size),
        confidence=face.get("confidence", 99.5),
        landmarks=tuple(Landmark(name, left + 0.1, 0.2) for name in LANDMARKS),
        pose=Pose(1.0, face.get("yaw", 2.0), -3.0),
        quality=Quality(face.get("brightness", 80.0), 60.0),
        attributes=_attributes() if attributes else None,
        embedding=embedding_of(face["person"], face.get("variant", 0)) if embeddings else None,
        chip=np.full((16, 16, 3), face["person"] * CHIP_SHADE % 256, np.uint8) if embeddings else None,
    )


def _attributes() -> FaceAttributes:
    yes = Verdict(value=True, confidence=97.0)
    return FaceAttributes(
        age_low=30,
        age_high=40,
        gender=Gender("Female", 98.0),
        emotions=(Emotion("HAPPY", 90.0), Emotion("CALM", 10.0)),
        smile=yes,
        eyes_open=yes,
        eye_direction=EyeDirection(5.0, -4.0, 88.0),
        mouth_open=yes,
        eyeglasses=UNDECIDED,
        sunglasses=UNDECIDED,
        beard=UNDECIDED,
        mustache=UNDECIDED,
        face_occluded=UNDECIDED,
    )


def _label(label: dict) -> LabelAnalysis:
    instance = LabelInstance(Box(0.2, 0.2, 0.4, 0.4), label["confidence"])
    return LabelAnalysis(
        name=label["name"],
        confidence=label["confidence"],
        instances=(instance,) * label.get("instances", 0),
        parents=tuple(label.get("parents", ())),
        aliases=tuple(label.get("aliases", ())),
        categories=tuple(label.get("categories", ())),
    )


def _text_line(line: list[list], top: float) -> TextLine:
    """From its words, each a text and a confidence: they are 0.2 wide, 0.05 high and 0.05 apart."""
    words = tuple(
        TextWord(text, confidence, _band(0.25 * column, 0.25 * column + 0.2, top))
        for column, (text, confidence) in enumerate(line)
    )
    text, mean = " ".join(word.text for word in words), sum(word.confidence for word in words) / len(words)
    return TextLine(text, mean, _band(0, 0.25 * len(words) - 0.05, top), words)


def _band(left: float, right: float, top: float) -> Polygon:
    return ((left, top), (right, top), (right, top + 0.05), (left, top + 0.05))


if __name__ == "__main__":
    settings = CliApp.run(Settings, cli_args=sys.argv[1:])
    configure_logging(settings.log_level)
    asyncio.run(run(settings, FakeEngine(), Metrics()))
