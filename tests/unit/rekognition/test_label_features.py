"""Which of its two kinds of work DetectLabels does."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.images import Images
from onlooker_rekognition.operations.labels import Labels
from onlooker_rekognition.pool import Pool
from rekognition_fakes import FakeEngine, scene


class CountingEngine(FakeEngine):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def detect_labels(self, *arguments: object, **named: object) -> object:
        self.asked.append("labels")
        return super().detect_labels(*arguments, **named)

    def measure_properties(self, *arguments: object, **named: object) -> object:
        self.asked.append("properties")
        return super().measure_properties(*arguments, **named)


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
def labels(engine: CountingEngine) -> Iterator[Labels]:
    with closing(Pool(workers=1, queue_length=0)) as pool:
        yield Labels(Analyst(engine, Images(None), pool, decoded_pixels=0))


@pytest.mark.parametrize(
    ("features", "asked"),
    [
        ({}, ["labels"]),
        ({"Features": []}, ["labels"]),
        ({"Features": ["GENERAL_LABELS"]}, ["labels"]),
        ({"Features": ["IMAGE_PROPERTIES"]}, ["properties"]),
        ({"Features": ["IMAGE_PROPERTIES", "GENERAL_LABELS"]}, ["labels", "properties"]),
    ],
)
async def test_only_what_is_asked_for_is_worked_out(
    labels: Labels, engine: CountingEngine, features: dict[str, list[str]], asked: list[str]
) -> None:
    await labels.detect({"Image": {"Bytes": scene(1)}, **features})
    assert engine.asked == asked
