from dataclasses import replace

import numpy as np
import pytest

from onlooker_rekognition.operations.quality import quality_bar
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.results import Box, FaceAnalysis, Pose, Quality

IMAGE = Image(np.zeros((100, 200, 3), np.uint8))
GOOD = FaceAnalysis(
    box=Box(0.1, 0.1, 0.4, 0.6), confidence=99.0, landmarks=(), pose=Pose(0.0, 0.0, 0.0), quality=Quality(70.0, 60.0)
)
FLAWS = {
    "LOW_CONFIDENCE": replace(GOOD, confidence=60.0),
    "SMALL_BOUNDING_BOX": replace(GOOD, box=Box(0.1, 0.1, 0.4, 0.25)),
    "EXTREME_POSE": replace(GOOD, pose=Pose(0.0, -55.0, 0.0)),
    "LOW_BRIGHTNESS": replace(GOOD, quality=Quality(15.0, 60.0)),
    "LOW_SHARPNESS": replace(GOOD, quality=Quality(70.0, 3.0)),
}


@pytest.mark.parametrize("bar", ["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"])
def test_a_good_face_is_above_every_bar(bar: str) -> None:
    assert quality_bar(bar).reasons(GOOD, IMAGE) == []


@pytest.mark.parametrize(("reason", "face"), FLAWS.items())
def test_a_flaw_that_auto_bears_is_named_by_higher_bars(reason: str, face: FaceAnalysis) -> None:
    assert quality_bar("AUTO").reasons(face, IMAGE) == []
    assert quality_bar("MEDIUM").reasons(face, IMAGE) == [reason]
    assert quality_bar("HIGH").reasons(face, IMAGE) == [reason]


def test_a_roll_is_no_extreme_pose_as_faces_are_set_upright() -> None:
    assert quality_bar("HIGH").reasons(replace(GOOD, pose=Pose(80.0, 0.0, 0.0)), IMAGE) == []


def test_without_a_filter_nothing_is_too_poor() -> None:
    worst = FaceAnalysis(Box(0.0, 0.0, 0.0, 0.0), 0.0, (), Pose(180.0, -180.0, 180.0), Quality(0.0, 0.0))
    assert quality_bar("NONE").reasons(worst, IMAGE) == []
    assert len(quality_bar("AUTO").reasons(worst, IMAGE)) == 5
