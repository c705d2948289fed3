from datetime import UTC, datetime

import numpy as np
import pytest

from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.protocol.serialize import NonconformingResultError

OPERATIONS = load_service().operations


def test_times_are_seconds_of_the_epoch() -> None:
    moment = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    written = OPERATIONS["DescribeCollection"].write({"CreationTimestamp": moment})
    assert written == {"CreationTimestamp": 1767268800.123}


def test_absent_members_are_left_out_and_numpys_numbers_are_numbers() -> None:
    face = {"Confidence": np.float32(50), "Pose": None}
    written = OPERATIONS["DetectFaces"].write({"FaceDetails": [face], "OrientationCorrection": None})
    assert written == {"FaceDetails": [{"Confidence": 50.0}]}
    assert type(written["FaceDetails"][0]["Confidence"]) is float


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("DetectFaces", {"Faces": []}),
        ("DetectFaces", {"FaceDetails": [{"BoundingBox": {"Right": 0.1}}]}),
        ("DetectFaces", {"FaceDetails": [{"Confidence": float("nan")}]}),
        ("DetectFaces", {"FaceDetails": [{"Landmarks": [{"Type": "thirdEye"}]}]}),
        ("DetectFaces", {"FaceDetails": [{"Smile": {"Value": "yes"}}]}),
        ("DetectFaces", {"FaceDetails": [{"AgeRange": {"Low": 1.5}}]}),
        ("DetectFaces", {"FaceDetails": [{"AgeRange": {"Low": True}}]}),
        ("DetectLabels", {"LabelModelVersion": 3}),
    ],
)
def test_what_the_model_does_not_know_is_never_sent(operation: str, result: dict[str, object]) -> None:
    with pytest.raises(NonconformingResultError):
        OPERATIONS[operation].write(result)
