from typing import Any

import pytest

from rekognition_fakes import scene

SEEN = [
    {"name": "Person", "confidence": 99.0, "instances": 2, "aliases": ["Human"], "categories": ["Person Description"]},
    {"name": "Car", "confidence": 80.0, "parents": ["Vehicle"], "categories": ["Vehicles and Automotive"]},
    {"name": "Vehicle", "confidence": 80.0, "categories": ["Vehicles and Automotive"]},
    {"name": "Cat", "confidence": 54.0, "categories": ["Animals and Pets"]},
]
IMAGE = {"Bytes": scene(labels=SEEN)}


def names(client: Any, **parameters: Any) -> list[str]:
    return [label["Name"] for label in client.detect_labels(Image=IMAGE, **parameters)["Labels"]]


def filtered(client: Any, **filters: list[str]) -> list[str]:
    return names(client, Settings={"GeneralLabels": filters})


def test_labels_carry_all_that_is_known_of_them(client: Any) -> None:
    answer = client.detect_labels(Image=IMAGE)
    person, car, _ = answer["Labels"]
    assert len(person["Instances"]) == 2
    assert person["Aliases"] == [{"Name": "Human"}]
    assert car["Parents"] == [{"Name": "Vehicle"}]
    assert car["Categories"] == [{"Name": "Vehicles and Automotive"}]
    assert answer["LabelModelVersion"]


def test_labels_below_the_least_confidence_are_left_out(client: Any) -> None:
    assert names(client) == ["Person", "Car", "Vehicle"], "55 by default"
    assert names(client, MinConfidence=50) == ["Person", "Car", "Vehicle", "Cat"]
    assert names(client, MinConfidence=99.5) == []


def test_the_most_confident_labels_are_kept(client: Any) -> None:
    assert names(client, MaxLabels=1, Features=["GENERAL_LABELS"]) == ["Person"]


def test_filters_include_and_exclude_by_name_and_category(client: Any) -> None:
    assert filtered(client, LabelInclusionFilters=["car"]) == ["Car"]
    assert filtered(client, LabelExclusionFilters=["Person"]) == ["Car", "Vehicle"]
    assert filtered(client, LabelCategoryInclusionFilters=["Vehicles and Automotive"]) == ["Car", "Vehicle"]
    assert filtered(client, LabelCategoryExclusionFilters=["Vehicles and Automotive"]) == ["Person"]


def test_an_exclusion_wins_over_an_inclusion(client: Any) -> None:
    chosen = filtered(client, LabelCategoryInclusionFilters=["Vehicles and Automotive"], LabelExclusionFilters=["Car"])
    assert chosen == ["Vehicle"]


def test_image_properties_are_refused_by_name(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="IMAGE_PROPERTIES is not offered"):
        names(client, Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"])
