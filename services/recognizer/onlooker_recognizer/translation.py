"""Rekognition's answers in Onlooker's words.

Both speak of ratios of the upright picture and of percentages, so only names change, and boxes where the picture was
padded before it was sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.pictures import Prepared
from onlooker_shared.recognition import (
    BoundingBox,
    Emotion,
    EmotionType,
    Face,
    Instance,
    Label,
    Pose,
    Quality,
    Recognition,
    Verdict,
)

Answer = Mapping[str, Any]
"""A piece of an answer as botocore parses it."""

EMOTIONS = frozenset(get_args(EmotionType))


def recognition(picture: Prepared, faces: Answer, labels: Answer, *, recognized_at: datetime) -> Recognition:
    """Return what DetectFaces and DetectLabels found.

    Args:
        picture: what was sent, and how it relates to the original.
        faces: the answer of DetectFaces.
        labels: the answer of DetectLabels.
        recognized_at: when.
    """
    found = (face(detail, picture.frame) for detail in faces.get("FaceDetails", ()))
    things = (label(detail, picture.frame) for detail in labels.get("Labels", ()))
    return Recognition(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        faces=tuple(sorted(found, key=lambda it: -it.bounding_box.width * it.bounding_box.height)),
        labels=tuple(sorted(things, key=lambda it: -it.confidence)),
        recognized_at=recognized_at,
        label_model_version=labels.get("LabelModelVersion"),
    )


def face(detail: Answer, frame: Frame) -> Face:
    """Return one of DetectFaces' `FaceDetails`."""
    age, gender = detail.get("AgeRange", {}), detail.get("Gender", {})
    pose, quality = detail.get("Pose"), detail.get("Quality")
    return Face(
        bounding_box=_box(detail["BoundingBox"], frame),
        confidence=detail["Confidence"],
        age_low=age.get("Low"),
        age_high=age.get("High"),
        gender=gender.get("Value"),
        gender_confidence=gender.get("Confidence"),
        emotions=_emotions(detail.get("Emotions", ())),
        smile=_verdict(detail, "Smile"),
        eyes_open=_verdict(detail, "EyesOpen"),
        mouth_open=_verdict(detail, "MouthOpen"),
        eyeglasses=_verdict(detail, "Eyeglasses"),
        sunglasses=_verdict(detail, "Sunglasses"),
        beard=_verdict(detail, "Beard"),
        mustache=_verdict(detail, "Mustache"),
        pose=pose and Pose(roll=pose["Roll"], yaw=pose["Yaw"], pitch=pose["Pitch"]),
        quality=quality and Quality(brightness=quality["Brightness"], sharpness=quality["Sharpness"]),
    )


def label(detail: Answer, frame: Frame) -> Label:
    """Return one of DetectLabels' `Labels`."""
    return Label(
        name=detail["Name"],
        confidence=detail["Confidence"],
        parents=_names(detail, "Parents"),
        aliases=_names(detail, "Aliases"),
        categories=_names(detail, "Categories"),
        instances=tuple(
            Instance(bounding_box=_box(instance["BoundingBox"], frame), confidence=instance["Confidence"])
            for instance in detail.get("Instances", ())
        ),
    )


def _box(box: Answer, frame: Frame) -> BoundingBox:
    return BoundingBox(
        left=box["Left"] / frame.width,
        top=box["Top"] / frame.height,
        width=box["Width"] / frame.width,
        height=box["Height"] / frame.height,
    )


def _emotions(found: Sequence[Answer]) -> tuple[Emotion, ...]:
    """Return emotions, most confident first; a kind that Onlooker does not know yet is UNKNOWN."""
    known = (
        Emotion(type=each["Type"] if each["Type"] in EMOTIONS else "UNKNOWN", confidence=each["Confidence"])
        for each in found
    )
    return tuple(sorted(known, key=lambda emotion: -emotion.confidence))


def _verdict(detail: Answer, name: str) -> Verdict | None:
    verdict = detail.get(name)
    return verdict and Verdict(value=verdict["Value"], confidence=verdict["Confidence"])


def _names(detail: Answer, name: str) -> tuple[str, ...]:
    return tuple(each["Name"] for each in detail.get(name, ()))
