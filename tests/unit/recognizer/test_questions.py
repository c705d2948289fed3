"""What is asked of Rekognition, by the features that are wanted, and what that costs."""

from collections import Counter
from typing import Any

import pytest

from onlooker_recognizer.costs.pricing import chargeable, price_list
from onlooker_recognizer.questions import Questions
from onlooker_shared.recognition import Feature

QUESTIONS = Questions(max_labels=10, min_confidence=55)
LIMITS = {"MaxLabels": 10, "MinConfidence": 55}


def asked(*features: Feature) -> dict[str, dict[str, Any]]:
    return {question.operation: question.parameters for question in QUESTIONS.about(features)}


def test_faces_and_labels_are_asked_for_as_ever() -> None:
    assert asked("faces", "labels") == {"DetectFaces": {"Attributes": ["ALL"]}, "DetectLabels": LIMITS}


def test_labels_and_properties_are_one_call() -> None:
    assert asked("properties", "labels") == {
        "DetectLabels": {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"], **LIMITS}
    }


def test_properties_alone_want_no_labels() -> None:
    assert asked("properties") == {"DetectLabels": {"Features": ["IMAGE_PROPERTIES"]}}


def test_text_and_moderation_are_calls_of_their_own() -> None:
    assert asked("text", "moderation") == {"DetectText": {}, "DetectModerationLabels": {}}


@pytest.mark.parametrize(
    ("features", "dollars"),
    [
        (("faces", "labels"), 0.002),
        (("properties",), 0.00075),
        (("faces", "labels", "properties"), 0.00275),
        (("faces", "labels", "text", "moderation", "properties"), 0.00475),
        ((), 0.0),
    ],
)
def test_each_feature_has_its_price(features: tuple[Feature, ...], dollars: float) -> None:
    asked = QUESTIONS.about(features)
    charged = Counter(each for question in asked for each in chargeable(question.operation, question.parameters))
    assert price_list().total(charged) == pytest.approx(dollars)


def test_every_answer_is_to_a_feature_that_was_wanted() -> None:
    wanted: list[Feature] = ["moderation", "faces", "properties"]
    assert {feature for question in QUESTIONS.about(wanted) for feature in question.features} == set(wanted)
