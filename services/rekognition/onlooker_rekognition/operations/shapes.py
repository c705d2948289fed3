"""The engine's and the store's values in the shapes of Amazon's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from onlooker_rekognition.store import Refusal, StoredFace
from onlooker_rekognition.vision.moderation import ModerationAnalysis, ModerationLabel
from onlooker_rekognition.vision.results import Box, FaceAnalysis, FaceAttributes, LabelAnalysis, Verdict

Structure = dict[str, Any]

_DEFAULT_LANDMARKS = frozenset({"eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"})


def box(value: Box) -> Structure:
    """A BoundingBox."""
    return {"Width": value.width, "Height": value.height, "Left": value.left, "Top": value.top}


def face_detail(face: FaceAnalysis, attributes: frozenset[str]) -> Structure:
    """A FaceDetail with what a request's `attributes` ask for (ALL, or names of single ones)."""
    everything = "ALL" in attributes
    detail = {
        "BoundingBox": box(face.box),
        "Confidence": face.confidence,
        "Landmarks": [
            {"Type": landmark.type, "X": landmark.x, "Y": landmark.y}
            for landmark in face.landmarks
            if everything or landmark.type in _DEFAULT_LANDMARKS
        ],
        "Pose": {"Roll": face.pose.roll, "Yaw": face.pose.yaw, "Pitch": face.pose.pitch},
        "Quality": {"Brightness": face.quality.brightness, "Sharpness": face.quality.sharpness},
    }
    if face.attributes is not None:
        for name, (member, write) in _ATTRIBUTES.items():
            if everything or name in attributes:
                detail[member] = write(face.attributes)
    return detail


def wants_attributes(attributes: Iterable[str]) -> bool:
    """Whether a request asks for more than DEFAULT."""
    return any(name != "DEFAULT" for name in attributes)


def label_detail(label: LabelAnalysis) -> Structure:
    """A Label."""
    return {
        "Name": label.name,
        "Confidence": label.confidence,
        "Instances": [
            {"BoundingBox": box(instance.box), "Confidence": instance.confidence} for instance in label.instances
        ],
        "Parents": [{"Name": name} for name in label.parents],
        "Aliases": [{"Name": name} for name in label.aliases],
        "Categories": [{"Name": name} for name in label.categories],
    }


def moderation_label(label: ModerationLabel) -> Structure:
    """A ModerationLabel."""
    return {
        "Name": label.name,
        "ParentName": label.parent,
        "TaxonomyLevel": label.level,
        "Confidence": label.confidence,
    }


def content_types(found: ModerationAnalysis) -> list[Structure]:
    """ContentTypes."""
    return [{"Name": kind.name, "Confidence": kind.confidence} for kind in found.content_types]


def stored_face(face: StoredFace) -> Structure:
    """A Face."""
    return {
        "FaceId": face.face_id,
        "BoundingBox": box(face.box),
        "ImageId": face.picture.image_id,
        "ExternalImageId": face.picture.external_image_id,
        "Confidence": face.confidence,
        "IndexFacesModelVersion": face.model_version,
        "UserId": face.user_id,
    }


def refusal(refused: Refusal) -> Structure:
    """An UnsuccessfulFaceAssociation, UnsuccessfulFaceDisassociation or UnsuccessfulFaceDeletion."""
    return {
        "FaceId": refused.face_id,
        "UserId": refused.user_id,
        "Confidence": refused.confidence,
        "Reasons": [refused.reason],
    }


def _verdict(value: Verdict) -> Structure:
    return {"Value": value.value, "Confidence": value.confidence}


def _emotions(attributes: FaceAttributes) -> list[Structure]:
    return [{"Type": emotion.type, "Confidence": emotion.confidence} for emotion in attributes.emotions]


def _direction(attributes: FaceAttributes) -> Structure:
    direction = attributes.eye_direction
    return {"Yaw": direction.yaw, "Pitch": direction.pitch, "Confidence": direction.confidence}


_ATTRIBUTES: dict[str, tuple[str, Callable[[FaceAttributes], Any]]] = {
    "AGE_RANGE": ("AgeRange", lambda a: {"Low": a.age_low, "High": a.age_high}),
    "SMILE": ("Smile", lambda a: _verdict(a.smile)),
    "EYEGLASSES": ("Eyeglasses", lambda a: _verdict(a.eyeglasses)),
    "SUNGLASSES": ("Sunglasses", lambda a: _verdict(a.sunglasses)),
    "GENDER": ("Gender", lambda a: {"Value": a.gender.value, "Confidence": a.gender.confidence}),
    "BEARD": ("Beard", lambda a: _verdict(a.beard)),
    "MUSTACHE": ("Mustache", lambda a: _verdict(a.mustache)),
    "EYES_OPEN": ("EyesOpen", lambda a: _verdict(a.eyes_open)),
    "MOUTH_OPEN": ("MouthOpen", lambda a: _verdict(a.mouth_open)),
    "EMOTIONS": ("Emotions", _emotions),
    "FACE_OCCLUDED": ("FaceOccluded", lambda a: _verdict(a.face_occluded)),
    "EYE_DIRECTION": ("EyeDirection", _direction),
}
