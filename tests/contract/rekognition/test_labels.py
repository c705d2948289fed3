from typing import Any

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


def properties_of(client: Any, *features: str, **settings: int) -> dict[str, Any]:
    parameters = {"Settings": {"ImageProperties": settings}} if settings else {}
    return client.detect_labels(Image=IMAGE, Features=list(features), **parameters)


def test_image_properties_come_beside_the_labels(client: Any) -> None:
    answer = properties_of(client, "GENERAL_LABELS", "IMAGE_PROPERTIES")
    assert [label["Name"] for label in answer["Labels"]] == ["Person", "Car", "Vehicle"]
    whole = answer["ImageProperties"]
    assert set(whole) == {"Quality", "DominantColors", "Foreground", "Background"}
    assert set(whole["Quality"]) == {"Brightness", "Sharpness", "Contrast"}
    for part in (whole["Foreground"], whole["Background"]):
        assert set(part) == {"Quality", "DominantColors"}
        assert set(part["Quality"]) == {"Brightness", "Sharpness"}
    (black,) = whole["DominantColors"]  # a scene is a few bytes in a black picture
    assert black.pop("PixelPercent") > 95
    name = {"CSSColor": "black", "SimplifiedColor": "black", "HexCode": "#000000"}
    assert black == {"Red": 0, "Green": 0, "Blue": 0, **name}


def test_instances_have_their_colours_when_properties_are_asked_for(client: Any) -> None:
    person, *_ = properties_of(client, "GENERAL_LABELS", "IMAGE_PROPERTIES")["Labels"]
    assert [instance["DominantColors"][0]["CSSColor"] for instance in person["Instances"]] == ["black", "black"]
    person, *_ = properties_of(client, "GENERAL_LABELS")["Labels"]
    assert all("DominantColors" not in instance for instance in person["Instances"])


def test_properties_alone_are_answered_without_labels(client: Any) -> None:
    answer = properties_of(client, "IMAGE_PROPERTIES")
    assert answer["Labels"] == []
    assert answer["ImageProperties"]["DominantColors"]


def test_labels_alone_are_the_default_and_come_without_properties(client: Any) -> None:
    for features in ([], ["GENERAL_LABELS"]):
        answer = properties_of(client, *features)
        assert answer["Labels"]
        assert "ImageProperties" not in answer


def test_as_many_colours_are_answered_as_were_asked_for(client: Any) -> None:
    properties = properties_of(client, "IMAGE_PROPERTIES", MaxDominantColors=0)["ImageProperties"]
    for part in (properties, properties["Foreground"], properties["Background"]):
        assert part["DominantColors"] == []
