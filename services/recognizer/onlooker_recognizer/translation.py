"""Rekognition's answers in Onlooker's words.

Both speak of ratios of the upright picture and of percentages, so only names change, and boxes where the picture was
padded before it was sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.pictures import Prepared
from onlooker_recognizer.questions import DETECT_FACES, DETECT_LABELS, DETECT_MODERATION_LABELS, DETECT_TEXT
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    Emotion,
    EmotionType,
    Face,
    ImageProperties,
    Instance,
    Label,
    Missing,
    ModerationLabel,
    Point,
    Pose,
    Quality,
    Recognition,
    RegionProperties,
    TextDetection,
    Verdict,
)

Answer = Mapping[str, Any]
"""A piece of an answer as botocore parses it."""

EMOTIONS = frozenset(get_args(EmotionType))


def recognition(
    picture: Prepared,
    answers: Mapping[str, Answer],
    *,
    features: tuple[str, ...],
    missing: tuple[Missing, ...] = (),
    started_at: datetime | None = None,
    recognized_at: datetime,
) -> Recognition:
    """Return what Rekognition found.

    Args:
        picture: what was sent, and how it relates to the original.
        answers: by operation; nothing is found of what was not asked.
        features: what was looked for.
        missing: what was not, though it was to be.
        started_at: when the picture was taken up.
        recognized_at: when all answers were there.
    """
    faces, labels = answers.get(DETECT_FACES, {}), answers.get(DETECT_LABELS, {})
    texts, moderation = answers.get(DETECT_TEXT, {}), answers.get(DETECT_MODERATION_LABELS, {})
    found = (face(detail, picture.frame) for detail in faces.get("FaceDetails", ()))
    things = (label(detail, picture.frame) for detail in labels.get("Labels", ()))
    unfit = (moderation_label(detail) for detail in moderation.get("ModerationLabels", ()))
    looks = labels.get("ImageProperties")
    return Recognition(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        faces=tuple(sorted(found, key=lambda it: -it.bounding_box.width * it.bounding_box.height)),
        labels=tuple(sorted(things, key=lambda it: -it.confidence)),
        text=tuple(text(detail, picture.frame) for detail in texts.get("TextDetections", ())),
        moderation=tuple(sorted(unfit, key=lambda it: -it.confidence)),
        properties=looks and properties(looks),
        features=features,
        missing=missing,
        started_at=started_at,
        recognized_at=recognized_at,
        label_model_version=labels.get("LabelModelVersion"),
        text_model_version=texts.get("TextModelVersion"),
        moderation_model_version=moderation.get("ModerationModelVersion"),
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


def text(detail: Answer, frame: Frame) -> TextDetection:
    """Return one of DetectText's `TextDetections`."""
    geometry = detail["Geometry"]
    return TextDetection(
        type=detail["Type"],
        text=detail["DetectedText"],
        confidence=detail["Confidence"],
        bounding_box=_box(geometry["BoundingBox"], frame),
        polygon=tuple(Point(x=at["X"] / frame.width, y=at["Y"] / frame.height) for at in geometry.get("Polygon", ())),
        id=detail["Id"],
        line_id=detail.get("ParentId"),
    )


def moderation_label(detail: Answer) -> ModerationLabel:
    """Return one of DetectModerationLabels' `ModerationLabels`."""
    return ModerationLabel(
        name=detail["Name"],
        confidence=detail["Confidence"],
        parent=detail.get("ParentName") or None,  # Amazon's is empty at the top
        level=detail.get("TaxonomyLevel"),
    )


def properties(detail: Answer) -> ImageProperties:
    """Return DetectLabels' `ImageProperties`."""
    return ImageProperties(
        **_region(detail),
        contrast=detail.get("Quality", {}).get("Contrast"),
        foreground=_part(detail, "Foreground"),
        background=_part(detail, "Background"),
    )


def _part(detail: Answer, name: str) -> RegionProperties | None:
    part = detail.get(name)
    return part and RegionProperties(**_region(part))


def _region(detail: Answer) -> dict[str, Any]:
    """Return the fields that the whole picture and its parts share."""
    quality = detail.get("Quality", {})
    colors = (_color(each) for each in detail.get("DominantColors", ()))
    return {
        "dominant_colors": tuple(sorted(colors, key=lambda it: -it.pixel_percent)),
        "brightness": quality.get("Brightness"),
        "sharpness": quality.get("Sharpness"),
    }


def _color(detail: Answer) -> DominantColor:
    return DominantColor(
        red=detail["Red"],
        green=detail["Green"],
        blue=detail["Blue"],
        hex_code=detail["HexCode"],
        css_color=detail["CSSColor"],
        simplified_color=detail["SimplifiedColor"],
        pixel_percent=detail["PixelPercent"],
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
