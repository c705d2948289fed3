"""Two networks and the mouth have to agree before a face is called happy."""

import numpy as np
import pytest

from onlooker_rekognition.vision.emotions import combine

ALL = {"HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "FEAR"}


def emotion(**shares: float) -> np.ndarray:
    order = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    return np.array([shares.get(name, 0) for name in order], np.float32)


def expression(**shares: float) -> np.ndarray:
    order = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
    return np.array([shares.get(name, 0) for name in order], np.float32)


def test_all_eight_are_reported_and_sum_to_100() -> None:
    emotions = combine(emotion(happy=0.5, sad=0.5), expression(surprised=1), 0.9)
    assert {each.type for each in emotions} == ALL
    assert sum(each.confidence for each in emotions) == pytest.approx(100)
    confidences = [each.confidence for each in emotions]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(
    ("first", "second", "type_"),
    [
        (emotion(angry=1), expression(angry=1), "ANGRY"),
        (emotion(disgust=1), expression(disgusted=1), "DISGUSTED"),
        (emotion(fear=1), expression(fearful=1), "FEAR"),
        (emotion(happy=1), expression(happy=1), "HAPPY"),
        (emotion(sad=1), expression(sad=1), "SAD"),
        (emotion(surprise=1), expression(surprised=1), "SURPRISED"),
        (emotion(neutral=1), expression(neutral=1), "CALM"),
    ],
)
def test_what_both_networks_see_is_reported(first: np.ndarray, second: np.ndarray, type_: str) -> None:
    best = combine(first, second, smiling=1)[0]
    assert (best.type, best.confidence) == (type_, pytest.approx(100))


def test_a_serious_mouth_overrules_networks_that_see_happiness() -> None:
    """What they say of a serious man's portrait."""
    first, second = (
        emotion(happy=0.32, fear=0.31, sad=0.27, angry=0.06, neutral=0.04),
        expression(happy=0.88, neutral=0.12),
    )
    assert combine(first, second, smiling=0.1)[0].type == "CALM"
    assert combine(first, second, smiling=0.95)[0].type == "HAPPY"


def test_nothing_is_guessed_of_confusion() -> None:
    shares = {each.type: each.confidence for each in combine(emotion(sad=1), expression(sad=1), 0)}
    assert shares["CONFUSED"] == 0


def test_what_photos_rarely_show_needs_twice_the_evidence() -> None:
    """A man in mid-word, of whom the networks say rather angry than calm."""
    assert combine(emotion(angry=0.6, neutral=0.4), expression(angry=0.6, neutral=0.4), 0)[0].type == "CALM"
    assert combine(emotion(angry=0.8, neutral=0.2), expression(angry=0.8, neutral=0.2), 0)[0].type == "ANGRY"
