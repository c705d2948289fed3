from typing import Any

import pytest

from rekognition_fakes import scene

SHOWN = {"Porn": 0.9, "Sexy": 0.08, "Neutral": 0.02}
IMAGE = {"Bytes": scene(moderation=SHOWN)}


def test_labels_come_with_their_parents_and_levels(client: Any) -> None:
    answer = client.detect_moderation_labels(Image=IMAGE)
    assert [(label["Name"], label["ParentName"], label["TaxonomyLevel"]) for label in answer["ModerationLabels"]] == [
        ("Explicit", "", 1),
        ("Explicit Nudity", "Explicit", 2),
    ]
    assert all(label["Confidence"] == pytest.approx(90) for label in answer["ModerationLabels"])
    assert answer["ModerationModelVersion"] == "7.0"
    assert answer["ContentTypes"] == []


def test_fifty_is_the_least_confidence_by_default(client: Any) -> None:
    picture = {"Bytes": scene(moderation={"Sexy": 0.45, "Neutral": 0.55})}
    assert client.detect_moderation_labels(Image=picture)["ModerationLabels"] == []
    found = client.detect_moderation_labels(Image=picture, MinConfidence=40)["ModerationLabels"]
    assert [label["Name"] for label in found] == [
        "Non-Explicit Nudity of Intimate parts and Kissing",
        "Non-Explicit Nudity",
    ]


def test_a_drawing_is_named_as_one(client: Any) -> None:
    answer = client.detect_moderation_labels(Image={"Bytes": scene(moderation={"Drawing": 0.95, "Neutral": 0.05})})
    assert answer["ModerationLabels"] == []
    assert [kind["Name"] for kind in answer["ContentTypes"]] == ["Illustrated"]


@pytest.mark.parametrize(
    ("extra", "complaint"),
    [
        (
            {"ProjectVersion": "arn:aws:rekognition:us-east-1:000000000000:project/p/version/v/1"},
            "ProjectVersion is not",
        ),
        (
            {
                "HumanLoopConfig": {
                    "HumanLoopName": "loop",
                    "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:000000000000:flow-definition/f",
                }
            },
            "HumanLoopConfig is not offered",
        ),
    ],
)
def test_what_is_not_offered_is_refused_by_name(client: Any, extra: dict[str, Any], complaint: str) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match=complaint):
        client.detect_moderation_labels(Image=IMAGE, **extra)
