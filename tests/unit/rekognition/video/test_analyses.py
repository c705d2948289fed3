"""What analyses find in the frames of a video, and how it is ordered."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from onlooker_rekognition.jobs import SEGMENTS, TIMESTAMPS, Finding
from onlooker_rekognition.video.analyses import LabelDetection
from onlooker_rekognition.video.frames import Frame
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.results import LabelAnalysis
from rekognition_fakes import FakeEngine

PIXELS = Image(np.zeros((100, 100, 3), np.uint8))


class Showing(FakeEngine):
    """Sees one list of labels after the other."""

    def __init__(self, frames: Iterable[Sequence[LabelAnalysis]]) -> None:
        super().__init__()
        self.frames = iter(frames)

    def detect_labels(self, image: Image) -> tuple[LabelAnalysis, ...]:
        return tuple(next(self.frames))


def found_in(*frames: Sequence[LabelAnalysis]) -> list[Finding]:
    analysis = LabelDetection(Showing(frames), {})
    found = [finding for number in range(len(frames)) for finding in analysis.look(Frame(500 * number, PIXELS))]
    return found + analysis.finish()


@pytest.mark.parametrize("view", [TIMESTAMPS, SEGMENTS])
def test_by_name_the_surest_of_a_label_comes_first(view: str) -> None:
    """As GetLabelDetection and GetContentModeration say of SortBy; `Cat` is before `Cat Food` however sure it is."""
    dog, dim, cat, food = (
        LabelAnalysis(name, confidence)
        for name, confidence in (("Dog", 100.0), ("Dog", 55.5), ("Cat", 60.0), ("Cat Food", 99.0))
    )
    findings = [one for one in found_in([dim, food], [], [], [dog, cat], [], [], [dim]) if one.view == view]
    ordered = [
        (one.content["Label"]["Name"], one.content["Label"]["Confidence"], one.timestamp)
        for one in sorted(findings, key=lambda one: (one.name, one.timestamp))
    ]
    assert ordered == [
        *(("Cat", 60.0, 1500), ("Cat Food", 99.0, 0)),
        *(("Dog", 100.0, 1500), ("Dog", 55.5, 0), ("Dog", 55.5, 3000)),
    ]
