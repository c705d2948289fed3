"""The scale that distances are reported on."""

import numpy as np
import pytest

from onlooker_rekognition.vision.similarity import reach, similarity


def test_similarity_falls_from_100_with_the_distance() -> None:
    face = np.zeros(128, np.float32)
    others = np.zeros((4, 128), np.float32)
    others[:, 0] = [0, 0.6, 0.68, 1.2]
    found = similarity(face, others)
    assert found.shape == (4,)
    assert found == pytest.approx([100, 80.8, 50, 0.01], abs=0.05)


def test_it_is_symmetric_and_takes_none() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 128)).astype(np.float32) / 11
    assert similarity(first, second[None]) == pytest.approx(similarity(second, first[None]))
    assert similarity(first, np.empty((0, 128), np.float32)).shape == (0,)


@pytest.mark.parametrize("percentage", [1.0, 50.0, 80.0, 99.0])
def test_the_reach_of_a_percentage_is_the_distance_that_is_reported_as_it(percentage: float) -> None:
    other = np.zeros((1, 128), np.float32)
    other[0, 0] = reach(percentage)
    assert similarity(np.zeros(128, np.float32), other)[0] == pytest.approx(percentage)


def test_everything_is_within_reach_of_nothing_and_only_the_same_within_that_of_all() -> None:
    assert reach(0) == np.inf
    assert reach(100) == pytest.approx(0, abs=1e-9)


def test_what_is_the_same_is_as_alike_as_can_be_asked_for() -> None:
    face = np.random.default_rng(0).normal(size=128).astype(np.float32) / 11
    assert similarity(face, face[None]).tolist() == [100]
